import { type Db, transaction } from '../database/transaction.ts'
import type { EndedSession } from '../sessions/ending/end.ts'
import { endSessionsOfMember } from '../sessions/ending/end-member.ts'
import { type Removal, removeMember as removeMembership } from '../workspaces/remove-member.ts'

/** Ends a membership and, in the same transaction, that person's sessions in that workspace. */
export function removeMember(deps: { readonly db: Db }, removal: Removal): Promise<EndedSession[]> {
  return transaction(deps.db, async (tx) => {
    await removeMembership(tx, removal)
    return endSessionsOfMember({ db: tx }, removal, { cause: 'member_removed', by: removal.by })
  })
}
