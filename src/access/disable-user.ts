import type { Actor } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { UserId } from '../ids.ts'
import { clearUser, closeUser, type EndedSession } from '../sessions/ending/end.ts'
import { disableUser as keepOut } from '../users/disable-user.ts'

/** Keeps a person out and ends all that they have, offline sessions included. */
export async function disableUser(
  deps: { readonly db: Db },
  id: UserId,
  by: Actor,
): Promise<EndedSession[]> {
  const ending = { cause: 'user_disabled', by } as const

  await transaction(deps.db, async (tx) => {
    await keepOut(tx, id, by)
    // Without it, what had not been cleared up would come back when the person is enabled again.
    await closeUser(tx, id, ending)
  })
  return clearUser(deps, id, ending)
}
