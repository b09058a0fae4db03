import type { Sql, Statement } from '../database/sql.ts'
import type { LoginId, SessionId, UserId, WorkspaceId } from '../ids.ts'

// Two halves, each by an index of its own: live ones by login, ended ones by the time of their end.
const RECENT_OF_LOGIN: Statement = {
  name: 'sessions_recent_of_login',
  text: `
    SELECT id FROM session WHERE login_id = $1 AND ended_at IS NULL AND kind = 'login'
    UNION ALL
    SELECT id FROM session
    WHERE login_id = $1 AND ended_at > statement_timestamp() - make_interval(secs => $2)`,
}

export async function recentOfLogin(
  db: Sql,
  loginId: LoginId,
  seconds: number,
): Promise<SessionId[]> {
  const rows = await db.query<{ id: SessionId }>(RECENT_OF_LOGIN, [loginId, seconds])
  return rows.map(({ id }) => id)
}

const UNENDED_OF_MEMBER: Statement = {
  name: 'sessions_unended_of_member',
  text: `SELECT id FROM session WHERE user_id = $1 AND workspace_id = $2 AND ended_at IS NULL`,
}

export async function unendedOfMember(
  db: Sql,
  userId: UserId,
  workspaceId: WorkspaceId,
): Promise<SessionId[]> {
  const rows = await db.query<{ id: SessionId }>(UNENDED_OF_MEMBER, [userId, workspaceId])
  return rows.map(({ id }) => id)
}
