import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { ClientId } from '../ids.ts'
import { selectClientById, setDisabled } from './client-store.ts'

/** Hides a client from every request; its grants are ended by the caller, in the same transaction. */
export async function disableClient(db: Db, id: ClientId, by: Actor): Promise<void> {
  await change(db, id, { disabled: true, by })
}

/** Lets a disabled client ask again; nothing that was ended comes back. */
export async function enableClient(db: Db, id: ClientId, by: Actor): Promise<void> {
  await change(db, id, { disabled: false, by })
}

async function change(
  db: Db,
  id: ClientId,
  { disabled, by }: { readonly disabled: boolean; readonly by: Actor },
): Promise<void> {
  await transaction(db, async (tx) => {
    if (await setDisabled(tx, id, disabled)) {
      await appendEntry(tx, {
        action: disabled ? 'client.disabled' : 'client.enabled',
        actor: by,
        subject: { kind: 'client', id },
      })
    } else if (!(await selectClientById(tx, id))) {
      throw new DomainError('client_not_found', 'no such client')
    }
  })
}
