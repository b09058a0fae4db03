import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { UserId, WorkspaceId } from '../ids.ts'
import { deleteMembership } from './membership-store.ts'

export interface Removal {
  readonly workspaceId: WorkspaceId
  readonly userId: UserId
  readonly by: Actor
}

/** Ends a membership; the sessions that relied on it are ended by the caller, in the same transaction. */
export async function removeMember(db: Db, { workspaceId, userId, by }: Removal): Promise<void> {
  await transaction(db, async (tx) => {
    if (!(await deleteMembership(tx, { workspaceId, userId })))
      throw new DomainError('not_a_member', 'the user is no member')
    await appendEntry(tx, {
      action: 'member.removed',
      actor: by,
      subject: { kind: 'user', id: userId },
      workspaceId,
    })
  })
}
