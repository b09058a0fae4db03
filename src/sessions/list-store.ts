import type { Sql, Statement } from '../database/sql.ts'
import type { UserId, WorkspaceId } from '../ids.ts'
import type { CheckedSession } from './session.ts'
import { CHECK_COLUMNS, type CheckRow, toCheckedSession } from './session-store.ts'

export interface SessionFilter {
  readonly userId: UserId | null
  readonly workspaceId: WorkspaceId | null
  readonly limit: number
}

/** A live session and what operators call its holder. */
export interface ListedSession extends CheckedSession {
  readonly username: string | null
  readonly clientName: string | null
}

type Row = CheckRow & { readonly username: string | null; readonly client_name: string | null }

const LIST: Statement = {
  name: 'sessions_list',
  text: `SELECT ${CHECK_COLUMNS}, u.username, k.client_id AS client_name FROM session_check c
    LEFT JOIN "user" u ON u.id = c.user_id
    LEFT JOIN client k ON k.id = c.service_client_id
    WHERE c.ended_at IS NULL AND c.refusal IS NULL
      AND ($1::uuid IS NULL OR c.user_id = $1) AND ($2::uuid IS NULL OR c.workspace_id = $2)
    ORDER BY c.created_at DESC, c.session_id LIMIT $3`,
}

export async function selectLiveSessions(
  db: Sql,
  { userId, workspaceId, limit }: SessionFilter,
): Promise<ListedSession[]> {
  const rows = await db.query<Row>(LIST, [userId, workspaceId, limit])
  return rows.map((row) => ({
    ...toCheckedSession(row),
    username: row.username,
    clientName: row.client_name,
  }))
}
