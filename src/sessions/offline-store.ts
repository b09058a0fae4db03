import type { Sql, Statement } from '../database/sql.ts'
import type { SessionId } from '../ids.ts'
import type { CheckedSession } from './session.ts'

// The session it stands beside is held: an end that commits first leaves nothing behind, and the
// epoch that wraps the secret must still be there, for the secret was made a moment ago.
const INSERT: Statement = {
  name: 'session_insert_offline',
  text: `INSERT INTO session (id, kind, workspace_id, user_id, epoch_id, secret_wrapped,
      created_at, last_seen_at, absolute_end_at, idle_timeout)
    SELECT $1, 'offline', s.workspace_id, s.user_id, e.id, $4, t, t,
      t + make_interval(secs => $6), $5
    FROM (SELECT workspace_id, user_id FROM session WHERE id = $2 AND ended_at IS NULL FOR SHARE) s,
      (SELECT id FROM epoch_key WHERE id = $3 AND destroyed_at IS NULL FOR KEY SHARE) e,
      clock_timestamp() t`,
}

export async function insertOfflineSession(
  tx: Sql,
  session: CheckedSession,
  beside: SessionId,
  limits: { readonly idleTimeout: number; readonly absoluteTimeout: number },
): Promise<boolean> {
  const written = await tx.execute(INSERT, [
    session.id,
    beside,
    session.epochId,
    session.secretWrapped,
    limits.idleTimeout,
    limits.absoluteTimeout,
  ])
  return written === 1
}
