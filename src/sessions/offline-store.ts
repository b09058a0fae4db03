import type { Sql, Statement } from '../database/sql.ts'
import type { GrantId, SessionId } from '../ids.ts'
import type { CheckedSession } from './session.ts'

// What it stands beside is held with all that may end it at once, for it outlives all of that: an
// end that commits first leaves nothing behind, one that comes later finds what was begun. The
// epoch that wraps the secret must still be there, for the secret was made a moment ago.
const INSERT: Statement = {
  name: 'session_insert_offline',
  text: `INSERT INTO session (id, kind, workspace_id, user_id, epoch_id, secret_wrapped,
      created_at, last_seen_at, absolute_end_at, idle_timeout)
    SELECT $1, 'offline', s.workspace_id, s.user_id, e.id, $6, t, t,
      t + make_interval(secs => $8), $7
    FROM (
        SELECT s.workspace_id, s.user_id FROM session s
        JOIN "grant" g ON g.id = $3 AND g.session_id = s.id AND g.epoch = $4
        JOIN "user" u ON u.id = s.user_id AND u.state = 'active'
        JOIN workspace w ON w.id = s.workspace_id AND w.state = 'active'
        WHERE s.id = $2 AND s.ended_at IS NULL AND g.ended_at IS NULL
          AND (u.ended_before IS NULL OR u.ended_before < s.created_at)
          AND (w.ended_before IS NULL OR w.ended_before < s.created_at)
        FOR SHARE OF s, g, u, w) s,
      (SELECT id FROM epoch_key WHERE id = $5 AND destroyed_at IS NULL FOR KEY SHARE) e,
      LATERAL (SELECT clock_timestamp() AS t WHERE s.user_id IS NOT NULL) c`,
}

/** The session and the grant, as they were read, that a redemption was allowed by. */
export interface Beside {
  readonly beside: SessionId
  readonly grantId: GrantId
  readonly epoch: number
}

export async function insertOfflineSession(
  tx: Sql,
  session: CheckedSession,
  { beside, grantId, epoch }: Beside,
  limits: { readonly idleTimeout: number; readonly absoluteTimeout: number },
): Promise<boolean> {
  const written = await tx.execute(INSERT, [
    session.id,
    beside,
    grantId,
    epoch,
    session.epochId,
    session.secretWrapped,
    limits.idleTimeout,
    limits.absoluteTimeout,
  ])
  return written === 1
}
