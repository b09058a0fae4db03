import { decodeJwt } from 'jose'
import type { Client } from '../../src/clients/client.ts'
import type { User } from '../../src/users/user.ts'
import type { Workspace } from '../../src/workspaces/workspace.ts'
import { type Party, signIn } from '../support/relying-party.ts'
import { type Browser, type Given, type House, houseTest } from '../support/world.ts'

export { expect, type Given, type House } from '../support/world.ts'
export const test = houseTest

export const PUBLIC = { token_endpoint_auth_method: 'none' }

export interface Tokens {
  readonly access: string
  readonly refresh: string
  readonly sid: string
}

export interface Person {
  readonly user: User
  readonly browser: Browser
  /** A client that the person has said yes to in one workspace. */
  readonly client: Client
  readonly workspace: Workspace
  readonly party: Party
}

export interface SignedIn extends Person {
  readonly tokens: Tokens
}

export async function personOf(house: House, given: Given, metadata: object = {}): Promise<Person> {
  const user = await given.user()
  return {
    user,
    ...(await clientOf(house, given, user, metadata)),
    browser: await given.browser(user),
  }
}

async function clientOf(house: House, given: Given, user: User, metadata: object) {
  const workspace = await given.workspace(user)
  const client = await given.client(metadata)
  await given.consent(user, workspace, client)
  return { workspace, client, party: partyOf(house, client) }
}

export function partyOf(
  { issuer }: House,
  client: Client & { readonly secret: string | null },
): Party {
  return { issuer, clientId: client.clientId, secret: client.secret }
}

export async function signedIn(
  house: House,
  given: Given,
  metadata: object = {},
): Promise<SignedIn> {
  const person = await personOf(house, given, metadata)
  const { body } = await signIn(person.party, person.browser)
  return { ...person, tokens: tokensOf(body) }
}

/** The same person in one more workspace, where another client takes part. */
export async function signedInElsewhere(
  house: House,
  given: Given,
  { user, browser }: Pick<Person, 'user' | 'browser'>,
): Promise<SignedIn> {
  const place = await clientOf(house, given, user, PUBLIC)
  const { body } = await signIn(place.party, browser, { workspace: place.workspace.slug })
  return { user, browser, ...place, tokens: tokensOf(body) }
}

export function tokensOf(body: Record<string, unknown>): Tokens {
  return {
    access: String(body.access_token),
    refresh: String(body.refresh_token),
    sid: String(decodeJwt(String(body.id_token)).sid),
  }
}

/** The same client, whose request goes to one of the two processes. */
export function inTurn({ nodes }: House, party: Party, at: number): Party {
  return { ...party, via: nodes[at % 2]! }
}

/** Requests that are sent to the two processes in turn, all at once. */
export interface Scattered {
  readonly party: Party
  readonly count: number
  /** The statement at which they meet: none goes on before so many of them are there. */
  readonly meeting?: { readonly at: string; readonly count: number }
}

export async function scattered<T>(
  house: House,
  { party, count, meeting }: Scattered,
  ask: (party: Party) => Promise<T>,
): Promise<T[]> {
  const met = meeting && house.proxy.meet(meeting.at, meeting.count)
  const asked = Array.from({ length: count }, (_, at) => ask(inTurn(house, party, at)))
  const [answers] = await Promise.all([Promise.all(asked), met])
  return answers
}

/** The sessions of a person that have ended, each with its causes as the audit tells them. */
export async function endsOf({ database }: House, { user }: Pick<Person, 'user'>) {
  const { rows } = await database.pool.query<End>(ENDS, [user.id])
  return rows
}

interface End {
  readonly cause: string
  readonly entries: readonly { readonly cause: string; readonly told_from_where: boolean }[]
}

const ENDS = `
  SELECT s.end_cause AS cause, COALESCE(e.entries, '[]') AS entries
  FROM session s LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('cause', detail->>'cause',
      'told_from_where', context_sealed IS NOT NULL)) AS entries
    FROM entry WHERE action = 'session.ended' AND subject_id = s.id::text) e ON true
  WHERE s.user_id = $1 AND s.ended_at IS NOT NULL`

/** Lets time go by in which a person uses what they have open, so that nothing of it falls idle. */
export async function passInUse(
  { database: { pool, pass } }: House,
  { user }: Pick<Person, 'user'>,
  duration: string,
): Promise<void> {
  // Ahead of the time that then goes by, so that no job in between sees them idle.
  for (const table of ['session', 'login'])
    await pool.query(`UPDATE ${table} SET last_seen_at = now() + $1::interval WHERE user_id = $2`, [
      duration,
      user.id,
    ])
  await pass(duration)
}
