import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ConsentedScopes } from '../consent/consent.ts'
import { coalesce } from '../database/coalesce.ts'
import type { Sql } from '../database/sql.ts'
import {
  type ClientId,
  isUuid,
  type LoginId,
  parseId,
  type UserId,
  type WorkspaceId,
} from '../ids.ts'
import type { Entering } from '../sessions/login/enter-workspace.ts'
import type { Foothold, StandingLogin } from '../sessions/login/foothold.ts'
import type { User } from '../users/user.ts'
import { isSlug } from '../workspaces/workspace.ts'
import type { OidcDeps } from './deps.ts'
import { checkPeople } from './person-store.ts'
import { type RequestState, requireState } from './request-state.ts'

/** A person at the door: who, for which client, and where to if that was said. */
export interface PersonKey {
  readonly userId: UserId
  readonly loginId: LoginId | null
  readonly clientId: ClientId
  readonly workspaceId: WorkspaceId | null
  readonly slug: string | null
}

/** What an authorization request must know of the person who is logged in, from one statement. */
export interface PersonCheck {
  readonly user: User | null
  /** Theirs in this browser, if it lives. */
  readonly login: StandingLogin | null
  /** Active workspaces of theirs that the request may mean; no more than two, which is several. */
  readonly places: readonly Place[]
}

export interface Place {
  readonly workspace: Entering['workspace']
  /** What they said yes to there, for this client. */
  readonly consented: ConsentedScopes | null
  readonly foothold: Foothold
}

export type ReadPerson = (key: PersonKey) => Promise<PersonCheck>

const NOBODY: PersonCheck = { user: null, login: null, places: [] }

/** Reads people for the requests that come at about the same time, in one statement. */
export function personReader(db: Sql, epochRotation: number): ReadPerson {
  const nameOf = (key: PersonKey) => Object.values(key).join(' ')
  const read = coalesce<PersonKey, PersonCheck>(
    async (keys) => {
      const checks = await checkPeople(db, keys, epochRotation)
      return new Map(keys.map((key, at) => [nameOf(key), checks[at] ?? NOBODY]))
    },
    { keyOf: nameOf, maxBatch: 100, maxInFlight: 4 },
  )
  return async (key) => (await read(key)) ?? NOBODY
}

const memo = new WeakMap<RequestState, Promise<PersonCheck>>()

/** The person of an authorization request; read once a request. */
export function personAt(deps: OidcDeps, ctx: KoaContextWithOIDC): Promise<PersonCheck> {
  return memo.get(requireState()) ?? personNow(deps, ctx)
}

/** The same, read anew. */
export function personNow(deps: OidcDeps, ctx: KoaContextWithOIDC): Promise<PersonCheck> {
  const read = readPerson(deps, ctx)
  memo.set(requireState(), read)
  return read
}

async function readPerson(deps: OidcDeps, ctx: KoaContextWithOIDC): Promise<PersonCheck> {
  const { accountId, uid } = ctx.oidc.session ?? {}
  const userId = parseId('usr', accountId)
  const client = requireState().clients.get(ctx.oidc.client?.clientId ?? '')
  if (!userId || !client) return NOBODY
  const loginId = uid && isUuid(uid) ? (uid as LoginId) : null
  return deps.people({ userId, loginId, clientId: client.id, ...wantedIn(ctx) })
}

export interface Wanted {
  readonly workspaceId: WorkspaceId | null
  readonly slug: string | null
}

/** Where to: what the person chose in the picker, else what the request names; nulls for neither. */
export function wantedIn(ctx: KoaContextWithOIDC): Wanted {
  const workspaceId = pickedIn(ctx)
  const named = ctx.oidc.params?.workspace
  if (workspaceId || typeof named !== 'string') return { workspaceId, slug: null }
  const id = parseId('wsp', named)
  // What can be no slug is nobody's slug.
  return { workspaceId: id, slug: id ? null : isSlug(named) ? named : '' }
}

/** Consent, which comes after the picker, carries the choice on. */
function pickedIn(ctx: KoaContextWithOIDC): WorkspaceId | null {
  const result = ctx.oidc.result as { workspace?: { id?: unknown } } | undefined
  return parseId('wsp', result?.workspace?.id)
}
