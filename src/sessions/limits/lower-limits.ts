import type { Sql } from '../../database/sql.ts'
import { type Db, sqlTransaction } from '../../database/transaction.ts'
import { type AppliedLimit, limitsOf } from '../../decisions/concurrency.ts'
import { tooManyOf } from '../../decisions/make-room.ts'
import type { Policies } from '../../decisions/policies.ts'
import type { EndedSession } from '../ending/end.ts'
import { evict } from '../ending/evict.ts'
import { lockCounts, selectCandidates } from './candidate-store.ts'
import type { CountedCandidate } from './coming.ts'
import { LIMIT_NAMES } from './limit-reached.ts'
import { countName } from './make-room.ts'
import { selectOverfull } from './overfull-store.ts'

interface Deps {
  readonly db: Db
  readonly policies: Pick<Policies, 'all'>
}

/** Ends in one transaction, while newcomers wait. */
const AT_ONCE = 100

/**
 * Holds what runs to limits that were set or lowered while it ran. Those end whom the limit's action
 * names; where it denies newcomers, whoever came last, and where it asks, whoever is used least, for
 * there is nobody to ask.
 */
export async function lowerLimits({ db, policies }: Deps): Promise<EndedSession[]> {
  const said = await policies.all()
  const limits = said.flatMap(({ rules, ...origin }) => limitsOf(origin, rules.concurrent))
  const ended: EndedSession[] = []
  // Of several that count the same the lowest speaks, as it does to newcomers.
  for (const limit of limits.toSorted((a, b) => a.max - b.max))
    for (const values of await selectOverfull(db, limit))
      ended.push(...(await lowerTo(db, limit, values)))
  return ended
}

async function lowerTo(
  db: Db,
  limit: AppliedLimit,
  values: readonly (string | null)[],
): Promise<EndedSession[]> {
  const ended: EndedSession[] = []
  for (;;) {
    const some = await sqlTransaction(db, (tx) => lowerSome(tx, limit, values))
    ended.push(...some.ended)
    if (!some.isMore) return ended
  }
}

async function lowerSome(tx: Sql, limit: AppliedLimit, values: readonly (string | null)[]) {
  await lockCounts(tx, [countName(limit, values)])
  const ask = { limit, values, atLeast: limit.max + 1, except: null }
  const tooMany = tooManyOf({ limit, candidates: await selectCandidates(tx, ask) })
  const ended = await evict(tx, {
    evicted: tooMany.slice(0, AT_ONCE).map((one) => asEvicted(one, limit)),
    by: { kind: 'system' },
    hold: async () => undefined,
  })
  return { ended, isMore: tooMany.length > AT_ONCE }
}

function asEvicted({ kind, id }: CountedCandidate, { kind: name, max, origin }: AppliedLimit) {
  const detail = { limit: LIMIT_NAMES[name], level: origin.level, max, because: 'lowered' }
  return { kind, id, detail }
}
