import { appendEntry } from '../audit/append-entry.ts'
import { type Db, sqlTransaction } from '../database/transaction.ts'
import { type ClaimedDelivery, waitAfter } from './delivery.ts'
import { saveDelivered, saveRetry, saveSetAside } from './delivery-store.ts'
import type { Failure, Outcome } from './outcome.ts'

/** What became of a delivery with one attempt, as monitoring hears it. */
export interface DeliveryOutcome {
  readonly kind: 'delivery'
  readonly outcome: 'delivered' | 'retry' | 'set_aside'
  readonly failure: Failure | null
  readonly attempts: number
}

interface Attempt {
  readonly delivery: ClaimedDelivery
  readonly outcome: Outcome
}

/**
 * Writes what became of an attempt; null when its lease was lost, since then another attempt is
 * under way and that one's outcome counts. What still fails after `retryFor` seconds is set aside.
 */
export async function recordOutcome(
  db: Db,
  retryFor: number,
  { delivery, outcome }: Attempt,
): Promise<DeliveryOutcome | null> {
  const told = { kind: 'delivery', attempts: delivery.attempts } as const
  if (outcome === 'delivered') {
    const saved = await saveDelivered(db, delivery)
    return saved ? { ...told, outcome, failure: null } : null
  }

  const { failure, retry, retryAfter = 0 } = outcome
  const wait = retry ? waitAfter(delivery.attempts, retryFor) : null
  if (wait === null) {
    const saved = await setAside(db, delivery, failure)
    return saved ? { ...told, outcome: 'set_aside', failure } : null
  }
  const saved = await saveRetry(db, delivery, { wait: Math.max(wait, retryAfter), failure })
  return saved ? { ...told, outcome: 'retry', failure } : null
}

function setAside(db: Db, delivery: ClaimedDelivery, failure: Failure): Promise<boolean> {
  const { attempts, client, id, workspaceId } = delivery
  return sqlTransaction(db, async (tx) => {
    if (!(await saveSetAside(tx, delivery, failure))) return false
    await appendEntry(tx, {
      action: 'delivery.set_aside',
      actor: { kind: 'system' },
      subject: { kind: 'delivery', id },
      workspaceId,
      detail: { client_id: client?.clientId ?? null, failure, attempts },
    })
    return true
  })
}
