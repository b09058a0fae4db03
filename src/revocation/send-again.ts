import { type Actor, appendEntry } from '../audit/append-entry.ts'
import type { Sql } from '../database/sql.ts'
import { type Db, sqlTransaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { DeliveryId } from '../ids.ts'
import { deliveryExists, reopenDelivery } from './delivery-store.ts'
import { type ReopenedDelivery, reopenSome } from './open-delivery-store.ts'

/** Makes a delivery that was set aside due at once, with all its attempts before it again. */
export async function sendAgain(db: Db, id: DeliveryId, by: Actor): Promise<void> {
  await sqlTransaction(db, async (tx) => {
    const reopened = await reopenDelivery(tx, id)
    if (!reopened && !(await deliveryExists(tx, id)))
      throw new DomainError('not_found', 'no such delivery')
    if (!reopened) throw new DomainError('conflict', 'the delivery was not set aside')
    await tell(tx, { ...reopened, id }, by)
  })
}

const BATCH = 500

/** The same for all that was set aside, of one client or of all; resolves to what is due again. */
export async function sendAllAgain(
  db: Db,
  { clientId }: { readonly clientId: string | null },
  by: Actor,
): Promise<readonly DeliveryId[]> {
  const all: DeliveryId[] = []
  for (;;) {
    const reopened = await sqlTransaction(db, async (tx) => {
      const batch = await reopenSome(tx, clientId, BATCH)
      for (const delivery of batch) await tell(tx, delivery, by)
      return batch
    })
    all.push(...reopened.map(({ id }) => id))
    if (reopened.length < BATCH) return all
  }
}

function tell(tx: Sql, { id, workspaceId }: ReopenedDelivery, by: Actor): Promise<void> {
  return appendEntry(tx, {
    action: 'delivery.sent_again',
    actor: by,
    subject: { kind: 'delivery', id },
    workspaceId,
  })
}
