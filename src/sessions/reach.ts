import type { UserId, WorkspaceId } from '../ids.ts'
import type { CheckedSession } from './session.ts'

/** Whose sessions a caller may see and end; what is beyond it is not found. */
export type Reach =
  /** A service, in the workspaces that it was admitted to. */
  | { readonly of: 'workspaces'; readonly workspaceIds: ReadonlySet<WorkspaceId> }
  /** A person, with their own. */
  | { readonly of: 'user'; readonly userId: UserId }

/** Without a reach, who asks is the server itself. */
export function reaches(
  reach: Reach | undefined,
  session: Pick<CheckedSession, 'workspaceId' | 'userId'>,
): boolean {
  if (!reach) return true
  return reach.of === 'user'
    ? session.userId === reach.userId
    : reach.workspaceIds.has(session.workspaceId)
}
