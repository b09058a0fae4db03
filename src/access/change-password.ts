import type { Actor } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { UserId } from '../ids.ts'
import { clearUser, closeUser, type EndedSession } from '../sessions/ending/end.ts'
import { hashNewPassword, changePassword as storeHash } from '../users/change-password.ts'
import type { Passwords } from '../users/password.ts'

interface Deps {
  readonly db: Db
  readonly passwords: Passwords
}

/**
 * Gives a person a new password and logs them out everywhere; offline sessions stay.
 *
 * The new hash and the gate that refuses all earlier logins commit together: whoever knows the old
 * password has nothing left from that moment on, also if this process dies before it cleared up.
 */
export async function changePassword(
  deps: Deps,
  id: UserId,
  change: { readonly password: string; readonly by: Actor },
): Promise<EndedSession[]> {
  const { by } = change
  const ending = { cause: 'password_changed', by } as const
  const hash = await hashNewPassword(deps, id, change.password)

  await transaction(deps.db, async (tx) => {
    await storeHash(tx, id, { hash, by })
    await closeUser(tx, id, ending)
  })
  return clearUser(deps, id, ending)
}
