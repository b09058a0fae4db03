import { type DeliverDeps, deliver, PATIENCE } from './deliver.ts'
import { chooseDue, type DueDelivery, hostOf } from './delivery.ts'
import { claimDeliveries, findDue } from './delivery-store.ts'
import type { Underway } from './underway.ts'

const PAGE = 100

/**
 * Starts what is due, as far as there is room, and does not wait for it.
 *
 * A delivery is claimed the moment its request can start: one that waited for a slot under a lease
 * could lose it, and be sent twice. No transaction is open while a relying party makes us wait.
 */
export async function deliverDue(deps: DeliverDeps, underway: Underway): Promise<void> {
  const { concurrency } = deps.config.backchannel
  const passed = new Set<string>()
  for (;;) {
    const free = concurrency - underway.size
    if (free <= 0) return
    const due = await findDue(deps.db, [...passed], PAGE)
    const { chosen, held } = chooseDue(due, { free, busy: underway.hosts() })
    const claimed = await claim(deps, underway, chosen)
    for (const { clientId } of held) passed.add(clientId)
    const sawAll = due.length < PAGE
    if (sawAll || (claimed === 0 && held.length === 0)) return
  }
}

async function claim(
  deps: DeliverDeps,
  underway: Underway,
  chosen: readonly DueDelivery[],
): Promise<number> {
  if (chosen.length === 0) return 0
  const ids = chosen.map(({ id }) => id)
  const claimed = await claimDeliveries(deps.db, ids, leaseOf(deps))
  for (const delivery of claimed) {
    const uri = delivery.client?.metadata.backchannel_logout_uri ?? null
    underway.add(hostOf(uri), deliver(deps, delivery))
  }
  return claimed.length
}

/** Long enough for an attempt and for writing its outcome against a database that is away for a moment. */
function leaseOf({ config }: DeliverDeps): number {
  return config.backchannel.timeout + PATIENCE / 1000 + 5
}
