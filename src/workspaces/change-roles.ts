import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { UserId, WorkspaceId } from '../ids.ts'
import { parseRoles } from './membership.ts'
import { updateRoles } from './membership-store.ts'

export interface RoleChange {
  readonly workspaceId: WorkspaceId
  readonly userId: UserId
  readonly roles: readonly string[]
  readonly by: Actor
}

/** Replaces a member's roles; every check of a token reads them, so they hold from the commit on. */
export async function changeRoles(db: Db, change: RoleChange): Promise<void> {
  const { workspaceId, userId, by } = change
  const roles = acceptableRoles(change.roles)

  await transaction(db, async (tx) => {
    if (!(await updateRoles(tx, { workspaceId, userId }, roles)))
      throw new DomainError('not_a_member', 'the user is no member')
    await appendEntry(tx, {
      action: 'member.roles_changed',
      actor: by,
      subject: { kind: 'user', id: userId },
      workspaceId,
      detail: { roles },
    })
  })
}

export function acceptableRoles(names: readonly string[]): string[] {
  const roles = parseRoles(names)
  if (roles === null)
    throw new DomainError('invalid_request', 'at most 32 roles of a-z, 0-9 and - _ : . between')
  return roles
}
