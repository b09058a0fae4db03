import type { Sql } from '../../database/sql.ts'
import type { Policies } from '../../decisions/policies.ts'
import type { Policy } from '../../decisions/policy.ts'
import { tightenSome } from './tighten-store.ts'

interface Deps {
  readonly db: Sql
  readonly policies: Pick<Policies, 'all'>
}

/**
 * Holds running sessions to policies that were tightened while they ran; resolves to how many were
 * cut short. What a policy loosens holds for new sessions alone.
 */
export async function tightenSessions({ db, policies }: Deps): Promise<number> {
  let count = 0
  for (const policy of await policies.all()) count += await tightenTo(db, policy)
  return count
}

async function tightenTo(db: Sql, { rules, ...policy }: Policy): Promise<number> {
  const { idleTimeout = null, maxDuration = null, absoluteTimeout = null } = rules
  const limits = { idleTimeout, maxDuration, absoluteTimeout }
  if (Object.values(limits).every((limit) => limit === null)) return 0
  let count = 0
  for (;;) {
    const tightened = await tightenSome(db, policy, limits)
    if (tightened.length === 0) return count
    count += tightened.length
  }
}
