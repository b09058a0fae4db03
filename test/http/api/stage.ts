import { admitClient } from '../../../src/clients/admissions.ts'
import { ownApi } from '../../../src/clients/own-api.ts'
import type { ClientId } from '../../../src/ids.ts'
import type { User } from '../../../src/users/user.ts'
import type { Workspace } from '../../../src/workspaces/workspace.ts'
import { post, signIn } from '../../support/relying-party.ts'
import type { Given, Node } from '../../support/world.ts'

export { expect, test } from '../../support/world.ts'

const OPERATOR = { kind: 'operator' } as const
export const ALL_SCOPES =
  'sessions:create sessions:validate sessions:read sessions:manage sessions:elevate sessions:own policies:read policies:manage'

/** What answers of the API hold, each some of it. */
export interface Body {
  readonly session_token: string
  readonly session: SessionBody
  readonly sessions: readonly SessionBody[]
  readonly is_valid: boolean
  readonly reason: string
  readonly next: { readonly act: string; readonly [name: string]: unknown }
  readonly ended: readonly string[]
  readonly code: string
  readonly [name: string]: unknown
}

export interface SessionBody {
  readonly session_id: string
  readonly workspace_id: string
  readonly renewals: number
  readonly permissions: readonly string[]
  readonly [name: string]: unknown
}

export interface Answered {
  readonly status: number
  readonly body: Body
  readonly headers: Headers
}

export interface Api {
  readonly token: string
  call(method: string, path: string, body?: object): Promise<Answered>
}

interface Stage {
  readonly node: Pick<Node, 'issuer' | 'services'>
  readonly given: Given
}

/** A service with an access token for the sessions API, admitted to these workspaces. */
export async function serviceIn(
  { node, given }: Stage,
  workspaces: readonly Workspace[],
  scope = ALL_SCOPES,
): Promise<Api & { readonly clientId: ClientId }> {
  const client = await given.client({
    grant_types: ['client_credentials'],
    redirect_uris: undefined,
    scope,
  })
  for (const { id: workspaceId } of workspaces)
    await admitClient(node.services.db, { clientId: client.id, workspaceId, by: OPERATOR })
  const party = { issuer: node.issuer, clientId: client.clientId, secret: client.secret }
  const form = { grant_type: 'client_credentials', scope, resource: ownApi(node.issuer) }
  const { body } = await post(party, '/oauth2/token', form)
  return { ...apiWith(node.issuer, String(body.access_token)), clientId: client.id }
}

const PERSONAL = [
  'sessions:own',
  'sessions:manage',
  'sessions:read',
  'sessions:elevate',
  'policies:read',
]

interface Member {
  readonly user: User
  readonly workspace: Workspace
}

/** A person with their own token for the API: a new one, or this member of a workspace. */
export async function personIn({ node, given }: Stage, member?: Member) {
  const user = member?.user ?? (await given.user())
  const workspace = member?.workspace ?? (await given.workspace(user))
  const client = await given.client({ scope: `openid ${PERSONAL.join(' ')}` })
  const resource = ownApi(node.issuer)
  const scopes = { openid: ['openid'], resources: { [resource]: PERSONAL } }
  await given.consent(user, workspace, client, scopes)
  const browser = await given.browser(user)
  const party = { issuer: node.issuer, ...client }
  const scope = `openid ${PERSONAL.join(' ')}`
  const { body } = await signIn(party, browser, { scope, resource, workspace: workspace.slug })
  return { user, workspace, api: apiWith(node.issuer, String(body.access_token)) }
}

export function apiWith(issuer: string, token: string): Api {
  return {
    token,
    call: async (method, path, body) => {
      const response = await fetch(`${ownApi(issuer)}${path}`, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return {
        status: response.status,
        body: text === '' ? {} : JSON.parse(text),
        headers: response.headers,
      }
    },
  }
}
