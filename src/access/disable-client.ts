import type { Actor } from '../audit/append-entry.ts'
import { disableClient as hideClient } from '../clients/disable-client.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { ClientId } from '../ids.ts'
import type { EndedGrants } from '../sessions/ending/end-grants.ts'
import { endAllOfClient } from './end-client.ts'

/**
 * Hides a client and, in the same transaction, ends all of its grants and its own sessions: a client has no gate of its
 * own, so what were left of them would come back when it is enabled again.
 */
export function disableClient(
  deps: { readonly db: Db },
  id: ClientId,
  by: Actor,
): Promise<EndedGrants> {
  return transaction(deps.db, async (tx) => {
    await hideClient(tx, id, by)
    return endAllOfClient(tx, id, by)
  })
}
