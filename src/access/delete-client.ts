import type { Actor } from '../audit/append-entry.ts'
import { deleteClient as removeClient } from '../clients/delete-client.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { ClientId, GrantId } from '../ids.ts'
import { endGrantsOfClient } from '../sessions/ending/end-grants.ts'

/**
 * Removes a client and, in the same transaction, ends all of its grants.
 *
 * The client goes first: whoever is giving it something holds its row, so that is either seen here
 * or is never given. And nobody is left to be told.
 */
export function deleteClient(
  deps: { readonly db: Db },
  id: ClientId,
  by: Actor,
): Promise<readonly GrantId[]> {
  return transaction(deps.db, async (tx) => {
    await removeClient(tx, id, by)
    return endGrantsOfClient(tx, id, { cause: 'client_removed', by })
  })
}
