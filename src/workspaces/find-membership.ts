import type { Sql } from '../database/sql.ts'
import type { UserId, WorkspaceId } from '../ids.ts'
import type { Membership } from './membership.ts'
import { selectMembership, selectMemberships } from './membership-store.ts'

/** The active workspaces that a user is a member of, by name. */
export function workspacesOf(db: Sql, userId: UserId): Promise<Membership[]> {
  return selectMemberships(db, userId)
}

/** Null for a stranger and for an archived workspace alike. */
export function membershipOf(
  db: Sql,
  userId: UserId,
  workspaceId: WorkspaceId,
): Promise<Membership | null> {
  return selectMembership(db, { userId, workspaceId })
}
