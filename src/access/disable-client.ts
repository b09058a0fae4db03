import type { Actor } from '../audit/append-entry.ts'
import { disableClient as hideClient } from '../clients/disable-client.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { ClientId, GrantId } from '../ids.ts'
import { endGrantsOfClient } from '../sessions/ending/end-grants.ts'

/**
 * Hides a client and, in the same transaction, ends all of its grants: a client has no gate of its
 * own, so what were left of them would come back when it is enabled again.
 */
export function disableClient(
  deps: { readonly db: Db },
  id: ClientId,
  by: Actor,
): Promise<readonly GrantId[]> {
  return transaction(deps.db, async (tx) => {
    await hideClient(tx, id, by)
    return endGrantsOfClient(tx, id, { cause: 'client_removed', by })
  })
}
