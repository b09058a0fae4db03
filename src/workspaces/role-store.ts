import type { Sql, Statement } from '../database/sql.ts'
import type { WorkspaceId } from '../ids.ts'
import type { Role } from './role.ts'

const SET: Statement = {
  name: 'role_set',
  text: `INSERT INTO role (workspace_id, name, permissions, elevations)
    SELECT w.id, $2, $3, $4 FROM workspace w WHERE w.id = $1 AND w.state = 'active'
    ON CONFLICT (workspace_id, name) DO UPDATE
      SET permissions = EXCLUDED.permissions, elevations = EXCLUDED.elevations,
        updated_at = clock_timestamp()`,
}

/** False where the workspace is not active. */
export async function saveRole(db: Sql, workspaceId: WorkspaceId, role: Role): Promise<boolean> {
  const values = [workspaceId, role.name, role.permissions, role.elevations]
  return (await db.execute(SET, values)) === 1
}

const ALL: Statement = {
  name: 'roles_of_workspace',
  text: 'SELECT name, permissions, elevations FROM role WHERE workspace_id = $1 ORDER BY name',
}

export function selectRoles(db: Sql, workspaceId: WorkspaceId): Promise<readonly Role[]> {
  return db.query<Role>(ALL, [workspaceId])
}
