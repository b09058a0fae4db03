import type { Actor } from '../audit/append-entry.ts'
import type { Db } from '../database/transaction.ts'
import { renewIncarnation } from '../keys/incarnation.ts'
import { clearIncarnation } from '../sessions/ending/clear-incarnation.ts'
import type { EndedSession } from '../sessions/ending/end.ts'

/**
 * For a database that came back from a backup: whatever was made before works no more, on any node,
 * and everyone who relied on it is told.
 *
 * Effective with the first commit, since every derivation changes; should this process die before
 * all sessions are marked, the sweep of a server does the rest.
 */
export async function beginIncarnation(
  deps: { readonly db: Db },
  by: Actor,
): Promise<readonly EndedSession[]> {
  await renewIncarnation(deps.db, by)
  return clearIncarnation(deps, by)
}
