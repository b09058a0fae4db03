import type { Sql } from '../database/sql.ts'
import { type ClientId, newId } from '../ids.ts'
import type { Grant, GrantedScopes } from './grant.ts'
import { liveGrant, saveGrant } from './grant-store.ts'
import type { CheckedSession } from './session.ts'

interface Wanted {
  readonly session: CheckedSession
  readonly clientId: ClientId
  /** All that the person has said yes to, in this workspace and for this client. */
  readonly scopes: {
    readonly openid: readonly string[]
    readonly resources: Readonly<Record<string, readonly string[]>>
  }
}

/** The grant of a client in a session, brought up to what is consented; null when the session ended. */
export async function grantFor(db: Sql, wanted: Wanted): Promise<Grant | null> {
  const scopes = grantedScopes(wanted.scopes)
  const live = await liveGrant(db, wanted.session.id, wanted.clientId)
  if (live && JSON.stringify(sorted(live.scopes)) === JSON.stringify(sorted(scopes))) return live
  return firstGrant(db, wanted)
}

/**
 * The same in a session that was just made, where no client has a grant yet.
 *
 * Where there is one all the same, it keeps its identifier: a new one is only for a new grant, and
 * the old one would be in the way if that grant ended a moment ago.
 */
export function firstGrant(db: Sql, { session, clientId, scopes }: Wanted): Promise<Grant | null> {
  const granted = grantedScopes(scopes)
  return saveGrant(db, { id: newId(), sessionId: session.id, clientId, scopes: granted })
}

function grantedScopes({ openid, resources }: Wanted['scopes']): GrantedScopes {
  const byResource = Object.entries(resources).map(([name, list]) => [
    name,
    [...list].sort().join(' '),
  ])
  return {
    openid: { scope: [...openid].sort().join(' ') },
    resources: Object.fromEntries(byResource.sort(([a = ''], [b = '']) => a.localeCompare(b))),
  }
}

// The database keeps JSON objects in an order of its own.
function sorted({ openid, resources }: GrantedScopes) {
  const entries = Object.entries(resources ?? {}).sort(([a], [b]) => a.localeCompare(b))
  return [openid?.scope ?? '', entries]
}
