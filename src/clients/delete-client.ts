import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { ClientId } from '../ids.ts'
import { removeClient } from './client-store.ts'

/** Removes a client; its grants are ended by the caller, in the same transaction. */
export async function deleteClient(db: Db, id: ClientId, by: Actor): Promise<void> {
  await transaction(db, async (tx) => {
    const clientId = await removeClient(tx, id)
    if (clientId === null) throw new DomainError('client_not_found', 'no such client')
    await appendEntry(tx, {
      action: 'client.deleted',
      actor: by,
      subject: { kind: 'client', id },
      detail: { client_id: clientId },
    })
  })
}
