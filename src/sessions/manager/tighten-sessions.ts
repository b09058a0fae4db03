import type { Sql } from '../../database/sql.ts'
import type { Policies } from '../../decisions/policies.ts'
import type { Policy } from '../../decisions/policy.ts'
import { type RowLimits, tightenSome } from './tighten-store.ts'

interface Deps {
  readonly db: Sql
  readonly policies: Pick<Policies, 'all'>
}

/**
 * Holds running sessions to policies that were tightened while they ran; resolves to how many were
 * cut short. What a policy loosens holds for new sessions alone.
 */
export async function tightenSessions({ db, policies }: Deps): Promise<number> {
  const [server, ...others] = await policies.all()
  if (!server) return 0
  let count = await tightenTo(db, server, limitsOf(server.rules))
  for (const policy of others)
    count += await tightenTo(db, policy, beyond(limitsOf(policy.rules), limitsOf(server.rules)))
  return count
}

function limitsOf({ idleTimeout, maxDuration, absoluteTimeout }: Policy['rules']): RowLimits {
  return {
    idleTimeout: idleTimeout ?? null,
    maxDuration: maxDuration ?? null,
    absoluteTimeout: absoluteTimeout ?? null,
  }
}

/** What a policy asks beyond the server's rules, which hold for every session already. */
function beyond(limits: RowLimits, server: RowLimits): RowLimits {
  const stricter = (name: keyof RowLimits) => {
    const limit = limits[name]
    return limit !== null && limit < (server[name] ?? Number.POSITIVE_INFINITY) ? limit : null
  }
  return {
    idleTimeout: stricter('idleTimeout'),
    maxDuration: stricter('maxDuration'),
    absoluteTimeout: stricter('absoluteTimeout'),
  }
}

async function tightenTo(db: Sql, { level, subject }: Policy, limits: RowLimits): Promise<number> {
  if (Object.values(limits).every((limit) => limit === null)) return 0
  let count = 0
  for (;;) {
    const tightened = await tightenSome(db, { level, subject }, limits)
    if (tightened.length === 0) return count
    count += tightened.length
  }
}
