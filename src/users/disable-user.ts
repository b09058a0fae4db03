import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { UserId } from '../ids.ts'
import { selectUser, updateState } from './user-store.ts'

/** Keeps a user from logging in; logins and sessions are ended by the caller, in the same transaction. */
export async function disableUser(db: Db, id: UserId, by: Actor): Promise<void> {
  await changeState(db, id, { to: 'disabled', by })
}

/** Lets a disabled user log in again; nothing that was ended comes back. */
export async function enableUser(db: Db, id: UserId, by: Actor): Promise<void> {
  await changeState(db, id, { to: 'active', by })
}

async function changeState(
  db: Db,
  id: UserId,
  change: { readonly to: 'active' | 'disabled'; readonly by: Actor },
): Promise<void> {
  await transaction(db, async (tx) => {
    if (await updateState(tx, id, change.to)) {
      await appendEntry(tx, {
        action: change.to === 'active' ? 'user.enabled' : 'user.disabled',
        actor: change.by,
        subject: { kind: 'user', id },
      })
    } else if (!(await selectUser(tx, id))) {
      throw new DomainError('user_not_found', 'no such user')
    }
  })
}
