import type { CreateOptions, SessionContext } from './types.ts'

/** What a creation asks for, in the API's words. */
export function creationOf(
  userId: string,
  { workspaceId, ...context }: SessionContext,
  { priority }: CreateOptions,
) {
  return {
    user_id: userId,
    ...(workspaceId !== undefined && { workspace_id: workspaceId }),
    ...(priority !== undefined && { priority }),
    context: contextOf(context),
  }
}

/** Where a session is used, in the API's words. */
export function contextOf({
  ipAddress,
  userAgent,
  deviceId,
  location,
  lastActivity,
}: SessionContext) {
  return {
    ...(ipAddress !== undefined && { ip_address: ipAddress }),
    ...(userAgent !== undefined && { user_agent: userAgent }),
    ...(deviceId !== undefined && { device_id: deviceId }),
    ...(location !== undefined && { location }),
    ...(lastActivity !== undefined && { last_activity: lastActivity.toISOString() }),
  }
}
