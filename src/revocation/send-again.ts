import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, sqlTransaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { DeliveryId } from '../ids.ts'
import { deliveryExists, reopenDelivery } from './delivery-store.ts'

/** Makes a delivery that was set aside due at once, with all its attempts before it again. */
export async function sendAgain(db: Db, id: DeliveryId, by: Actor): Promise<void> {
  await sqlTransaction(db, async (tx) => {
    const reopened = await reopenDelivery(tx, id)
    if (!reopened && !(await deliveryExists(tx, id)))
      throw new DomainError('not_found', 'no such delivery')
    if (!reopened) throw new DomainError('conflict', 'the delivery was not set aside')
    await appendEntry(tx, {
      action: 'delivery.sent_again',
      actor: by,
      subject: { kind: 'delivery', id },
      workspaceId: reopened.workspaceId,
    })
  })
}
