import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { UserId } from '../ids.ts'
import { acceptablePassword } from './acceptable-password.ts'
import type { Passwords } from './password.ts'
import { selectUser, updatePasswordHash } from './user-store.ts'

interface Deps {
  readonly db: Db
  readonly passwords: Passwords
}

/** The hash of a password that was judged fit for its user. */
export type FreshHash = string & { readonly __fresh: true }

/**
 * Judges and hashes a new password. This comes before the transaction that stores it: no row may
 * stay locked, and no connection taken, for as long as hashing and its queue last.
 */
export async function hashNewPassword(deps: Deps, id: UserId, typed: string): Promise<FreshHash> {
  const user = await selectUser(deps.db, id)
  if (!user) throw new DomainError('user_not_found', 'no such user')
  const hash = await deps.passwords.hash(acceptablePassword(typed, user.username))
  return hash as FreshHash
}

/** Stores a new password's hash; what the old one opened is ended by the caller, in the same transaction. */
export async function changePassword(
  db: Db,
  id: UserId,
  change: { readonly hash: FreshHash; readonly by: Actor },
): Promise<void> {
  await transaction(db, async (tx) => {
    if (!(await updatePasswordHash(tx, id, change.hash)))
      throw new DomainError('user_not_found', 'no such user')
    await appendEntry(tx, {
      action: 'user.password_changed',
      actor: change.by,
      subject: { kind: 'user', id },
    })
  })
}
