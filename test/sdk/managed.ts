import { SessionManager, type SessionManagerOptions } from '@sojourn/sdk'
import { admitClient } from '../../src/clients/admissions.ts'
import { createUser } from '../../src/users/create-user.ts'
import type { User } from '../../src/users/user.ts'
import { addMember } from '../../src/workspaces/add-member.ts'
import { setRole } from '../../src/workspaces/set-role.ts'
import type { Workspace } from '../../src/workspaces/workspace.ts'
import { givenOn, type Node } from '../support/world.ts'

const OPERATOR = { kind: 'operator' } as const
export const SCOPE =
  'sessions:create sessions:validate sessions:read sessions:manage sessions:elevate sessions:own'

export interface Managed {
  readonly sessions: SessionManager
  readonly workspace: Workspace
  /** "user123" in the service's own directory. */
  readonly user: User
  readonly credentials: Pick<SessionManagerOptions, 'issuer' | 'clientId' | 'clientSecret'>
  /** The same service with other options. */
  manager(options?: Partial<SessionManagerOptions>): SessionManager
  admitTo(workspace: Workspace): Promise<unknown>
}

/** A service with the SDK, and "user123" of its directory, in a workspace of both. */
export async function managedOn(node: Pick<Node, 'issuer' | 'services'>): Promise<Managed> {
  const { db } = node.services
  const given = givenOn(node)
  const workspace = await given.workspace()
  const user = await createUser(node.services, {
    username: 'somebody',
    externalId: 'user123',
    by: OPERATOR,
  })
  const place = { workspaceId: workspace.id, by: OPERATOR }
  await addMember(db, { ...place, userId: user.id, roles: ['member'] })
  const role = { name: 'member', permissions: ['read'], elevations: ['write'] }
  await setRole(db, { ...place, role })
  const client = await given.client({
    grant_types: ['client_credentials'],
    redirect_uris: undefined,
    scope: SCOPE,
  })
  const admitTo = ({ id: workspaceId }: Workspace) =>
    admitClient(db, { workspaceId, clientId: client.id, by: OPERATOR })
  await admitTo(workspace)
  const credentials = {
    issuer: node.issuer,
    clientId: client.clientId,
    clientSecret: client.secret ?? '',
  }
  const manager = (options = {}) => new SessionManager({ ...credentials, ...options })
  return { sessions: manager(), workspace, user, credentials, manager, admitTo }
}

/** The nine functions, each called once with a good token. */
export function nineCalls(
  sessions: SessionManager,
  sessionToken: string,
): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    createSession: () => sessions.createSession('user123'),
    validateSession: () => sessions.validateSession(sessionToken),
    renewSession: () => sessions.renewSession(sessionToken),
    getActiveSessions: () => sessions.getActiveSessions('user123'),
    updateSessionContext: () => sessions.updateSessionContext(sessionToken, { deviceId: 'laptop' }),
    setSessionPermissions: () => sessions.setSessionPermissions(sessionToken, ['write']),
    getSessionAnalytics: () => sessions.getSessionAnalytics(sessionToken),
    terminateSession: () => sessions.terminateSession(sessionToken),
    terminateAllUserSessions: () => sessions.terminateAllUserSessions('user123'),
  }
}
