import type { WorkspaceModel } from '../database/generated/models.ts'
import type { Sql, Statement } from '../database/sql.ts'
import type { Db } from '../database/transaction.ts'
import { newId, type WorkspaceId } from '../ids.ts'
import type { Workspace } from './workspace.ts'

type Row = Omit<WorkspaceModel, 'endedBefore'>

const BY_ID = activeWorkspaceBy('id')
const BY_SLUG = activeWorkspaceBy('slug')

/** Null where the slug is taken. */
export async function insertWorkspace(
  db: Db,
  values: { readonly slug: string; readonly name: string },
): Promise<Workspace | null> {
  const rows = await db.prisma.workspace.createManyAndReturn({
    data: { id: newId<'wsp'>(), ...values },
    skipDuplicates: true,
  })
  return rows[0] ? toWorkspace(rows[0]) : null
}

export function selectActiveWorkspace(db: Sql, id: WorkspaceId): Promise<Workspace | null> {
  return workspaceOf(db, BY_ID, id)
}

export function selectActiveWorkspaceBySlug(db: Sql, slug: string): Promise<Workspace | null> {
  return workspaceOf(db, BY_SLUG, slug)
}

/** Whether there was an active one. */
export async function archive(db: Db, id: WorkspaceId): Promise<boolean> {
  const { count } = await db.prisma.workspace.updateMany({
    where: { id, state: 'active' },
    data: { state: 'archived' },
  })
  return count === 1
}

export function toWorkspace(row: Row): Workspace {
  return {
    id: row.id as WorkspaceId,
    slug: row.slug,
    name: row.name,
    state: row.state as Workspace['state'],
    createdAt: row.createdAt,
  }
}

function activeWorkspaceBy(column: string): Statement {
  return {
    name: `active_workspace_by_${column}`,
    text: `
      SELECT id, slug, name, state, created_at AS "createdAt"
      FROM "workspace" WHERE ${column} = $1 AND state = 'active'`,
  }
}

async function workspaceOf(
  db: Sql,
  statement: Statement,
  value: string,
): Promise<Workspace | null> {
  const [row] = await db.query<Row>(statement, [value])
  return row ? toWorkspace(row) : null
}
