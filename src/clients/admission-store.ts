import type { Sql, Statement } from '../database/sql.ts'
import type { ClientId, WorkspaceId } from '../ids.ts'
import type { Admitted } from './admissions.ts'

interface Row {
  readonly client_id: ClientId
  readonly name: string
  readonly workspace_ids: readonly WorkspaceId[] | null
}

const ADMITTED: Statement = {
  name: 'admissions_of_clients',
  text: `SELECT k.id AS client_id, k.client_id AS name,
      (SELECT array_agg(a.workspace_id) FROM admission a
        JOIN workspace w ON w.id = a.workspace_id AND w.state = 'active'
        WHERE a.client_id = k.id) AS workspace_ids
    FROM client k WHERE k.client_id = ANY($1::text[]) AND k.disabled_at IS NULL`,
}

/** By the client_id of each client that stands. */
export async function selectAdmitted(
  db: Sql,
  names: readonly string[],
): Promise<ReadonlyMap<string, Admitted>> {
  const rows = await db.query<Row>(ADMITTED, [names])
  return new Map(
    rows.map(({ client_id: clientId, name, workspace_ids }) => [
      name,
      { clientId, workspaceIds: new Set(workspace_ids) },
    ]),
  )
}

const ADMIT: Statement = {
  name: 'admission_insert',
  text: `INSERT INTO admission (client_id, workspace_id)
    SELECT k.id, w.id FROM client k, workspace w
    WHERE k.id = $1 AND w.id = $2 AND w.state = 'active' FOR KEY SHARE OF k, w
    ON CONFLICT DO NOTHING`,
}

export async function insertAdmission(
  db: Sql,
  id: ClientId,
  workspaceId: WorkspaceId,
): Promise<boolean> {
  return (await db.execute(ADMIT, [id, workspaceId])) === 1
}

const DISMISS: Statement = {
  name: 'admission_delete',
  text: 'DELETE FROM admission WHERE client_id = $1 AND workspace_id = $2',
}

export async function deleteAdmission(
  db: Sql,
  id: ClientId,
  workspaceId: WorkspaceId,
): Promise<boolean> {
  return (await db.execute(DISMISS, [id, workspaceId])) === 1
}
