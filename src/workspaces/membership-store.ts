import type { MembershipModel, WorkspaceModel } from '../database/generated/models.ts'
import type { Sql } from '../database/sql.ts'
import type { Db } from '../database/transaction.ts'
import type { UserId, WorkspaceId } from '../ids.ts'
import type { Membership } from './membership.ts'
import { toWorkspace } from './workspace-store.ts'

type Row = Omit<WorkspaceModel, 'endedBefore'> & Pick<MembershipModel, 'roles'>

export interface MembershipKey {
  readonly workspaceId: WorkspaceId
  readonly userId: UserId
}

const MEMBERSHIPS = `
  SELECT w.id, w.slug, w.name, w.state, w.created_at AS "createdAt", m.roles
  FROM "membership" m JOIN "workspace" w ON w.id = m.workspace_id
  WHERE m.user_id = $1 AND w.state = 'active'`

const OF_USER = { name: 'memberships_of_user', text: `${MEMBERSHIPS} ORDER BY w.name, w.slug` }
const ONE = { name: 'membership', text: `${MEMBERSHIPS} AND m.workspace_id = $2` }

// The share lock keeps the workspace from being archived, and the user from being deleted, in between.
const INSERT = {
  name: 'membership_insert',
  text: `
    WITH w AS (SELECT id FROM "workspace" WHERE id = $1 AND state = 'active' FOR SHARE),
         u AS (SELECT id FROM "user" WHERE id = $2 FOR KEY SHARE),
         added AS (
           INSERT INTO "membership" (workspace_id, user_id, roles)
           SELECT w.id, u.id, $3 FROM w, u
           ON CONFLICT DO NOTHING
           RETURNING 1)
    SELECT EXISTS (SELECT FROM w) AS "workspaceFound", EXISTS (SELECT FROM u) AS "userFound",
      EXISTS (SELECT FROM added) AS "added"`,
}

export interface Insertion {
  readonly workspaceFound: boolean
  readonly userFound: boolean
  readonly added: boolean
}

export async function insertMembership(
  db: Sql,
  { workspaceId, userId }: MembershipKey,
  roles: readonly string[],
): Promise<Insertion> {
  const [outcome] = await db.query<Insertion>(INSERT, [workspaceId, userId, roles])
  return outcome!
}

/** In active workspaces, by name. */
export async function selectMemberships(db: Sql, userId: UserId): Promise<Membership[]> {
  const rows = await db.query<Row>(OF_USER, [userId])
  return rows.map(toMembership)
}

/** In an active workspace. */
export async function selectMembership(db: Sql, key: MembershipKey): Promise<Membership | null> {
  const [row] = await db.query<Row>(ONE, [key.userId, key.workspaceId])
  return row ? toMembership(row) : null
}

export async function updateRoles(
  db: Db,
  key: MembershipKey,
  roles: readonly string[],
): Promise<boolean> {
  const { count } = await db.prisma.membership.updateMany({
    where: key,
    data: { roles: [...roles] },
  })
  return count === 1
}

export async function deleteMembership(db: Db, key: MembershipKey): Promise<boolean> {
  const { count } = await db.prisma.membership.deleteMany({ where: key })
  return count === 1
}

function toMembership(row: Row): Membership {
  return { workspace: toWorkspace(row), roles: row.roles }
}
