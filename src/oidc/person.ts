import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ConsentedScopes } from '../consent/consent.ts'
import { coalesce } from '../database/coalesce.ts'
import type { Sql } from '../database/sql.ts'
import { type ClientId, parseId, type UserId, type WorkspaceId } from '../ids.ts'
import type { User } from '../users/user.ts'
import { isSlug } from '../workspaces/workspace.ts'
import type { OidcDeps } from './deps.ts'
import { checkPeople } from './person-store.ts'
import { requireState } from './request-state.ts'

/** A person at the door: who, for which client, and where to if that was said. */
export interface PersonKey {
  readonly userId: UserId
  readonly clientId: ClientId
  readonly workspaceId: WorkspaceId | null
  readonly slug: string | null
}

/** What an authorization request must know of the person who is logged in, from one statement. */
export interface PersonCheck {
  readonly user: User | null
  /** Active workspaces of theirs that the request may mean; no more than two, which is several. */
  readonly places: readonly Place[]
}

export interface Place {
  readonly workspaceId: WorkspaceId
  /** What they said yes to there, for this client. */
  readonly consented: ConsentedScopes | null
}

export type ReadPerson = (key: PersonKey) => Promise<PersonCheck>

const NOBODY: PersonCheck = { user: null, places: [] }

/** Reads people for the requests that come at about the same time, in one statement. */
export function personReader(db: Sql): ReadPerson {
  const nameOf = (key: PersonKey) => Object.values(key).join(' ')
  const read = coalesce<PersonKey, PersonCheck>(
    async (keys) => {
      const checks = await checkPeople(db, keys)
      return new Map(keys.map((key, at) => [nameOf(key), checks[at] ?? NOBODY]))
    },
    { keyOf: nameOf, maxBatch: 100, maxInFlight: 4 },
  )
  return async (key) => (await read(key)) ?? NOBODY
}

const memo = new WeakMap<object, Promise<PersonCheck>>()

/** The person of an authorization request; read once a request. */
export function personAt(deps: OidcDeps, ctx: KoaContextWithOIDC): Promise<PersonCheck> {
  const known = memo.get(ctx.req)
  if (known) return known
  const read = readPerson(deps, ctx)
  memo.set(ctx.req, read)
  return read
}

async function readPerson(deps: OidcDeps, ctx: KoaContextWithOIDC): Promise<PersonCheck> {
  const userId = parseId('usr', ctx.oidc.session?.accountId)
  const client = requireState().clients.get(ctx.oidc.client?.clientId ?? '')
  if (!userId || !client) return NOBODY
  return deps.people({ userId, clientId: client.id, ...wantedIn(ctx) })
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
