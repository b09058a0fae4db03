import type { Actor } from '../audit/append-entry.ts'
import { deleteClient as removeClient } from '../clients/delete-client.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { ClientId } from '../ids.ts'
import type { EndedGrants } from '../sessions/ending/end-grants.ts'
import { endAllOfClient } from './end-client.ts'

/**
 * Removes a client and, in the same transaction, ends all of its grants and its own sessions.
 *
 * The client goes first: whoever is giving it something holds its row, so that is either seen here
 * or is never given. And nobody is left to be told.
 */
export function deleteClient(
  deps: { readonly db: Db },
  id: ClientId,
  by: Actor,
): Promise<EndedGrants> {
  return transaction(deps.db, async (tx) => {
    await removeClient(tx, id, by)
    return endAllOfClient(tx, id, by)
  })
}
