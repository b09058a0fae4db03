import type { Sql, Statement } from '../../database/sql.ts'
import type { LoginId, WorkspaceId } from '../../ids.ts'

export interface EvictionRow {
  readonly ended_at: Date
  readonly because: string | null
  readonly read_at: Date
}

/** The entry that was written with the end says why; `subject` and `action` name it. */
const because = (subject: string, action: string) => `(SELECT e.detail->>'because' FROM entry e
  WHERE e.subject_id = ${subject}.id::text AND e.action = '${action}' ORDER BY e.at DESC LIMIT 1)`

const OF_COOKIE: Statement = {
  name: 'login_evicted_by_cookie',
  text: `SELECT l.ended_at, ${because('l', 'login.ended')} AS because, statement_timestamp() AS read_at
    FROM login l WHERE l.evicted_cookie_hash = $1
      AND l.ended_at > statement_timestamp() - interval '30 days'`,
}

export async function evictionByCookie(db: Sql, cookieHash: Buffer): Promise<EvictionRow | null> {
  const [row] = await db.query<EvictionRow>(OF_COOKIE, [cookieHash])
  return row ?? null
}

// The last that ended there; one that ended otherwise since then is another matter.
const OF_SESSION: Statement = {
  name: 'session_evicted_of_login',
  text: `SELECT s.ended_at, s.because, statement_timestamp() AS read_at FROM (
      SELECT s.ended_at, s.end_cause, ${because('s', 'session.ended')} AS because FROM session s
      WHERE s.login_id = $1 AND s.workspace_id = $2 AND s.ended_at IS NOT NULL
      ORDER BY s.ended_at DESC LIMIT 1) s
    WHERE s.end_cause = 'evicted'`,
}

export async function evictionOfSession(
  db: Sql,
  loginId: LoginId,
  workspaceId: WorkspaceId,
): Promise<EvictionRow | null> {
  const [row] = await db.query<EvictionRow>(OF_SESSION, [loginId, workspaceId])
  return row ?? null
}
