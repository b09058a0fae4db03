import type { Actor } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import { countsLogins } from '../../decisions/concurrency.ts'
import { type Contest, decideRoom, type Eviction, type Room } from '../../decisions/make-room.ts'
import type { EndedSession } from '../ending/end.ts'
import { type Evicted, evict } from '../ending/evict.ts'
import { lockCounts, selectCandidates } from './candidate-store.ts'
import { type Coming, type CountedCandidate, valuesOf } from './coming.ts'
import { LIMIT_NAMES, LimitReached } from './limit-reached.ts'

export interface Making {
  readonly by: Actor
  /**
   * Locks what the newcomer stands on, in the order in which everyone locks: after logins, before
   * sessions.
   */
  readonly hold: () => Promise<void>
}

/**
 * Makes room for a newcomer that is written in the same transaction, and ends whoever leaves for it;
 * `LimitReached` where nobody may.
 *
 * What the limits count is locked before it is read: of many who come at once each sees all who
 * came before it. Whoever has no limit to fit in must not call this, and pays nothing.
 */
export async function makeRoom(
  tx: Sql,
  coming: Coming,
  { by, hold }: Making,
): Promise<readonly EndedSession[]> {
  if (!tx.inTransaction)
    throw new Error('whoever room is made for must come in the same transaction')
  await lockCounts(tx, namesOf(coming))
  const room = await lookForRoom(tx, coming)
  if (room.outcome !== 'admitted') throw new LimitReached(room.outcome, room.reached)
  return evict(tx, { evicted: room.evicted.map(asEvicted), by, hold })
}

/** The same as things are now, with nothing locked and nothing changed. */
export async function lookForRoom(db: Sql, coming: Coming): Promise<Room<CountedCandidate>> {
  const contests: Contest<CountedCandidate>[] = []
  for (const limit of loginsFirst(coming)) {
    const values = valuesOf(limit, coming.comer)
    const except = coming.comer.sessionId ?? null
    const ask = { limit, values, atLeast: limit.max, except }
    contests.push({ limit, candidates: await selectCandidates(db, ask) })
  }
  return decideRoom(coming.comer, contests)
}

/** With a login its sessions leave, and need not be made to leave once more. */
function loginsFirst({ limits }: Coming) {
  return limits.toSorted((a, b) => Number(countsLogins(b)) - Number(countsLogins(a)))
}

function namesOf({ comer, limits }: Coming): string[] {
  return limits.map((limit) => countName(limit, valuesOf(limit, comer)))
}

/** What stands for all that a limit counts together. */
export function countName(
  limit: Parameters<typeof valuesOf>[0],
  values: readonly (string | null)[],
): string {
  return JSON.stringify([countsLogins(limit), limit.within, values])
}

function asEvicted({ candidate, limit }: Eviction<CountedCandidate>): Evicted {
  const detail = { limit: LIMIT_NAMES[limit.kind], level: limit.origin.level, max: limit.max }
  return { kind: candidate.kind, id: candidate.id, detail: { ...detail, because: 'replaced' } }
}
