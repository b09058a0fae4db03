import { randomUUID } from 'node:crypto'
import type { ConsentId, GrantId, LoginId, SessionId } from '../../src/ids.ts'
import { createUser } from '../../src/users/create-user.ts'
import type { User } from '../../src/users/user.ts'
import type { Workspace } from '../../src/workspaces/workspace.ts'
import { browse, type Page } from '../support/browse.ts'
import {
  type Answer,
  authorizationRequest,
  introspect,
  type Party,
  redeem,
  refresh,
  send,
  userinfo,
} from '../support/relying-party.ts'
import type { Stage } from './stage.ts'

const SCOPES = { openid: ['openid', 'profile', 'offline_access'], resources: {} }

/** A person with a browser, and a client that they have said yes to in one workspace. */
export interface Place {
  readonly stage: Stage
  readonly user: User
  readonly workspace: Workspace
  readonly party: Party
  readonly consentId: ConsentId
  /** Sends an authorization request of this or another client; what it leads to comes back. */
  ask(params?: Record<string, string>, from?: Party): Promise<Asked>
}

export interface Asked {
  readonly url: URL
  readonly verifier: string
}

/** A person who is logged in. */
export async function placeOn(stage: Stage, metadata: object = {}): Promise<Place> {
  const user = await stage.given.user()
  const browser = await stage.given.browser(user)
  const consented = await consentOf(stage, user, metadata)
  const { party } = consented
  return {
    ...consented,
    ask: async (params, from = party) => {
      const { path, verifier } = authorizationRequest(from, params)
      const headers = { cookie: browser.cookie }
      const answer = await send(party, { method: 'GET', path, headers })
      return { url: new URL(answer.headers.location ?? path, party.issuer), verifier }
    },
  }
}

const PASSWORD = 'a long and honest passphrase'

/** A person who is not, and whose browser shows pages. */
export interface Visit extends Place {
  ask(params?: Record<string, string>, from?: Party): Promise<Asked & { readonly page: Page }>
  /** Answers the login page. */
  logIn(page: Page, password?: string): Promise<Page>
  press(page: Page, button: string): Promise<Page>
}

export async function visitOn(stage: Stage, metadata: object = {}): Promise<Visit> {
  const username = `user-${randomUUID()}`
  const by = { kind: 'operator' } as const
  const user = await createUser(stage.node.services, { username, password: PASSWORD, by })
  const consented = await consentOf(stage, user, metadata)
  const { party } = consented
  const browser = browse()
  return {
    ...consented,
    ask: async (params, from = party) => {
      const { path, verifier } = authorizationRequest(from, params)
      const page = await browser.open(party.issuer + path)
      return { page, url: page.url, verifier }
    },
    logIn: (page, password = PASSWORD) => {
      const button = page.html.includes('Confirm it is you') ? 'Confirm' : 'Log in'
      return browser.press(page, button, { username, password })
    },
    press: (page, button) => browser.press(page, button),
  }
}

async function consentOf(stage: Stage, user: User, metadata: object) {
  const { given, node } = stage
  const workspace = await given.workspace(user)
  const client = await given.client(metadata)
  const { id: consentId } = await given.consent(user, workspace, client, SCOPES)
  const party = { issuer: node.issuer, clientId: client.clientId, secret: client.secret }
  return { stage, user, workspace, party, consentId }
}

/** A code that stands for work while the person is away. */
export async function offlineCode(
  visit: Visit,
  params: Record<string, string> = {},
): Promise<Asked> {
  const asked = { scope: 'openid offline_access', prompt: 'consent', ...params }
  const { page, verifier } = await visit.ask(asked)
  const { url } = await visit.press(await visit.logIn(page), 'Allow')
  return { url, verifier }
}

/** What a client holds in its hands after a request, good or not. */
export interface Holding {
  readonly code?: { readonly code: string; readonly verifier: string }
  readonly access?: string
  readonly refresh?: string
}

export function heldIn({ url, verifier }: Asked): Holding {
  const code = url.searchParams.get('code')
  return code ? { code: { code, verifier } } : {}
}

export function heldAfter({ body }: Answer): Holding {
  return {
    ...(body.access_token ? { access: String(body.access_token) } : {}),
    ...(body.refresh_token ? { refresh: String(body.refresh_token) } : {}),
  }
}

export async function redeemed(place: Place, asked: Asked): Promise<Holding> {
  const { code } = heldIn(asked)
  if (!code) throw new Error(`no code at ${asked.url}`)
  return heldAfter(await redeem(place.party, code.code, code.verifier))
}

/** Which of the things that a client holds still open a door. */
export async function whatWorks({ party }: Place, holding: Holding): Promise<string[]> {
  const { code, access, refresh: token } = holding
  const works: string[] = []
  if (access && (await introspect(party, access)).body.active) works.push('introspection')
  if (access && (await userinfo(party, access)).status === 200) works.push('userinfo')
  if (token && (await refresh(party, token)).status === 200) works.push('refresh')
  if (code && (await redeem(party, code.code, code.verifier)).status === 200) works.push('code')
  return works
}

/** What single sign-on answers without a question: an error, or `code`. */
export async function silent(
  place: Place,
  params: Record<string, string> = {},
  from?: Party,
): Promise<string> {
  const { url } = await place.ask({ prompt: 'none', ...params }, from)
  return url.searchParams.get('error') ?? (url.searchParams.has('code') ? 'code' : url.pathname)
}

export async function loginOf({ stage, user }: Place): Promise<LoginId> {
  return idOf(stage, 'SELECT id FROM login WHERE user_id = $1 ORDER BY created_at DESC', [user.id])
}

/** The session in the workspace that nothing has marked as ended. */
export async function sessionOf({ stage, user, workspace }: Place): Promise<SessionId> {
  const text = `SELECT id FROM session WHERE user_id = $1 AND workspace_id = $2
    AND kind = 'login' AND ended_at IS NULL`
  return idOf(stage, text, [user.id, workspace.id])
}

/** The offline session that nothing has marked as ended. */
export async function offlineOf({ stage, user }: Place): Promise<SessionId> {
  const text = `SELECT id FROM session WHERE user_id = $1 AND kind = 'offline' AND ended_at IS NULL`
  return idOf(stage, text, [user.id])
}

export async function grantOf({ stage, user }: Place): Promise<GrantId> {
  const text = `SELECT g.id FROM "grant" g JOIN session s ON s.id = g.session_id
    WHERE s.user_id = $1 AND s.kind = 'login' AND g.ended_at IS NULL`
  return idOf(stage, text, [user.id])
}

async function idOf<T>({ database }: Stage, text: string, values: unknown[]): Promise<T> {
  const { rows } = await database.pool.query<{ id: T }>(text, values)
  if (!rows[0]) throw new Error('there is none')
  return rows[0].id
}
