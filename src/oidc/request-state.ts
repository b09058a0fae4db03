import type { IncomingMessage } from 'node:http'
import Provider from 'oidc-provider'
import type { Client } from '../clients/client.ts'
import type { Resource } from '../clients/resource.ts'
import type { Sql } from '../database/sql.ts'
import type { FamilyId, GrantId } from '../ids.ts'
import type { Elevated } from '../sessions/elevation-column.ts'
import type { EndedSession } from '../sessions/ending/end.ts'
import type { LimitReached } from '../sessions/limits/limit-reached.ts'
import type { Arrival } from '../sessions/login/arrival.ts'
import type { CheckedSession } from '../sessions/session.ts'
import type { NewFamily } from '../sessions/tokens/begin-family.ts'
import type { OfflineDraft } from '../sessions/tokens/begin-offline-session.ts'
import type { FoundAccessToken } from '../sessions/tokens/check-access-token.ts'
import type { FamilyMaker, PresentedToken } from '../sessions/tokens/present-refresh-token.ts'
import type { PresentedCode } from '../sessions/tokens/redeem-code.ts'
import type { RevocableToken } from '../sessions/tokens/revoke-token.ts'
import type { CheckedGrant } from './checked-grant.ts'
import type { Browser } from './session-claims.ts'

/** A write that waits until the answer is known to be a success. */
export interface PendingWrite {
  run(db: Sql): Promise<void>
  /** One statement that decides for itself; alone, it needs no transaction around it. */
  readonly alone: boolean
  /** The kind of artifact that it makes. */
  readonly artifact?: string
  /** What an arrival would write with its own statement, in place of this one. */
  readonly part?: Partial<Pick<Arrival, 'cookie' | 'interaction'>>
}

/**
 * What one request to the provider has read and means to write.
 *
 * The library saves in many steps and forgives none: a step that fails leaves a burnt code or token
 * behind. So nothing is written before the whole answer stands, and then all of it at once.
 */
export interface RequestState {
  readonly writes: PendingWrite[]
  /** What was read of clients, by client_id, and of resources, by identifier. */
  readonly clients: Map<string, Client>
  readonly resources: Map<string, Resource>
  /** The stay that the request is about, once it is known. */
  checked: CheckedGrant | null
  /** The session and the grant that a code would be given out in, and the code once it is. */
  arriving: Pick<Arrival, 'session' | 'beginning' | 'coming' | 'clientId' | 'grant'> | null
  /** Sessions that made room for the one that began. */
  evicted: readonly EndedSession[]
  code: Arrival['code'] | null
  /** The refresh token or the code that was presented. */
  presented: PresentedToken | null
  redeemed: PresentedCode | null
  /** The refresh tokens that this request makes. */
  making: Making | null
  /** The family that is born with the redemption of the code. */
  born: NewFamily | null
  /** Where the offline session that the request is about was said yes to; null without one. */
  browser: Browser | null
  /** The access token being answered about, for its revocation. */
  token: RevocableToken | null
  /** Access tokens that were looked up: the library asks for one under several names. */
  readonly accessTokens: Map<string, Promise<FoundAccessToken | null>>
  /** A session here was ended, and only a fresh proof leads back in. */
  barred: boolean
  /** Why there is no room for a session, and who might make some. */
  full: LimitReached | null
  /** The cookie of a live login that the browser brought. */
  cookie: string | null
  /** It is the one before its newest, and nothing was proved since. */
  byPriorCookie: boolean
  /** The library answers a cookie that stands for no login with another that stands for none. */
  withoutLogin: boolean
  /** What the library answered with a bare 500. */
  failure: unknown
  /** What it refused, and why. */
  refused: Refused | null
}

export interface Refused {
  readonly error: string
  readonly reason: string
  readonly client: string | undefined
}

export interface Making {
  readonly maker: FamilyMaker
  readonly familyId: FamilyId
  readonly generation: number
  readonly session: CheckedSession
  readonly grantId: GrantId
  readonly epoch: number
  /** Set when the family begins with an offline session of its own. */
  readonly draft: OfflineDraft | null
}

const states = new WeakMap<IncomingMessage, RequestState>()

export function openState(request: IncomingMessage): RequestState {
  const state: RequestState = {
    writes: [],
    clients: new Map(),
    resources: new Map(),
    checked: null,
    arriving: null,
    evicted: [],
    code: null,
    presented: null,
    redeemed: null,
    making: null,
    born: null,
    browser: null,
    token: null,
    accessTokens: new Map(),
    barred: false,
    full: null,
    cookie: null,
    byPriorCookie: false,
    withoutLogin: false,
    failure: null,
    refused: null,
  }
  states.set(request, state)
  return state
}

export function stateOf(request: IncomingMessage): RequestState | null {
  return states.get(request) ?? null
}

/** The state of the provider's request that is under way; null outside of one. */
export function currentState(): RequestState | null {
  const ctx = Provider.ctx
  return ctx ? (states.get(ctx.req) ?? null) : null
}

/** The same, where the library calls only from within a request. */
export function requireState(): RequestState {
  const state = currentState()
  if (!state) throw new Error('this is done only within a request to the provider')
  return state
}

/** What the tokens of a request live in, and what they are given by. */
export type Holder = Pick<CheckedGrant, 'session' | 'grantId' | 'epoch'>

/** The offline session that begins with the tokens, or else the stay that was read. */
export function holderOf({ making, checked }: RequestState): Holder | null {
  return making ?? checked
}

/** What the holder of the tokens is given for a while; an offline session that begins, nothing. */
export function elevatedOf({ making, checked }: RequestState): Elevated | null {
  return making?.draft ? null : (checked?.elevated ?? null)
}

/** The client whose stay the request is about. */
export function clientOf({ checked, clients }: RequestState): Client {
  const client = clients.get(checked?.clientName ?? '')
  if (!client) throw new Error('a stay is told to a client that the request has read')
  return client
}

/** Leaves a write for the end of the request or, outside of one, does it now. */
export async function writeLater(db: Sql, write: PendingWrite): Promise<void> {
  const state = currentState()
  if (state) state.writes.push(write)
  else await write.run(db)
}

/** The same for a row that everyone locks before the others: a login, before its sessions. */
export async function writeFirst(db: Sql, write: PendingWrite): Promise<void> {
  const state = currentState()
  if (state) state.writes.unshift(write)
  else await write.run(db)
}
