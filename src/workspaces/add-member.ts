import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { UserId, WorkspaceId } from '../ids.ts'
import { acceptableRoles } from './change-roles.ts'
import { insertMembership } from './membership-store.ts'

export interface NewMember {
  readonly workspaceId: WorkspaceId
  readonly userId: UserId
  readonly roles: readonly string[]
  readonly by: Actor
}

/** Makes a user a member of an active workspace; who already is one keeps their roles and is a conflict. */
export async function addMember(db: Db, { by, ...member }: NewMember): Promise<void> {
  const roles = acceptableRoles(member.roles)

  await transaction(db, async (tx) => {
    const { workspaceFound, userFound, added } = await insertMembership(tx, member, roles)
    if (!workspaceFound) throw new DomainError('workspace_not_found', 'no such workspace')
    if (!userFound) throw new DomainError('user_not_found', 'no such user')
    if (!added) throw new DomainError('conflict', 'the user is a member already')
    await appendEntry(tx, {
      action: 'member.added',
      actor: by,
      subject: { kind: 'user', id: member.userId },
      workspaceId: member.workspaceId,
      detail: { roles },
    })
  })
}
