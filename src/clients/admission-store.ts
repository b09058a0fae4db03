import type { Sql, Statement } from '../database/sql.ts'
import type { ClientId, WorkspaceId } from '../ids.ts'

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
