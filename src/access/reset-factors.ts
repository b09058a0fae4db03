import type { Actor } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { UserId } from '../ids.ts'
import { clearUser, closeUser, type EndedSession } from '../sessions/ending/end.ts'
import { resetFactors as takeFactors } from '../users/factors/remove-factor.ts'

export interface ResetFactors {
  readonly count: number
  readonly ended: readonly EndedSession[]
}

/**
 * Takes all second factors of a person away. Unless told otherwise it logs them out everywhere in the
 * same transaction: a factor that was not theirs, or a telephone that is in other hands, has opened logins.
 */
export async function resetFactors(
  deps: { readonly db: Db },
  id: UserId,
  { by, keepsSessions }: { readonly by: Actor; readonly keepsSessions: boolean },
): Promise<ResetFactors> {
  const ending = { cause: 'factors_reset', by } as const
  const count = await transaction(deps.db, async (tx) => {
    const taken = await takeFactors(tx, id, by)
    if (!keepsSessions) await closeUser(tx, id, ending)
    return taken
  })
  return { count, ended: keepsSessions ? [] : await clearUser(deps, id, ending) }
}
