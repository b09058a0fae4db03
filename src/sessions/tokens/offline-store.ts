import type { Sql, Statement } from '../../database/sql.ts'
import type { ClientId, GrantId, SessionId } from '../../ids.ts'
import type { CheckedSession } from '../session.ts'

// What it stands beside is held with all that may end it at once, for it outlives all of that: an
// end that commits first leaves nothing behind, one that comes later finds what was begun. Client
// and consent are held before the grant, as those do who take them away: the other way round, each
// would wait for the other. The epoch that wraps the secret must still be there, for the secret was
// made a moment ago. The client takes part from the first moment, and hears of every end.
const INSERT: Statement = {
  name: 'session_insert_offline',
  text: `WITH allowed AS MATERIALIZED (
      SELECT cl.id FROM session s
      JOIN consent k ON k.user_id = s.user_id AND k.workspace_id = s.workspace_id
        AND k.client_id = $9 AND k.withdrawn_at IS NULL
      JOIN client cl ON cl.id = k.client_id AND cl.disabled_at IS NULL
      WHERE s.id = $2 FOR SHARE OF k, cl),
    begun AS (
      INSERT INTO session (id, kind, workspace_id, user_id, epoch_id, secret_wrapped,
        created_at, last_seen_at, absolute_end_at, idle_timeout)
      SELECT $1, 'offline', s.workspace_id, s.user_id, e.id, $6, t, t, $8, $7
      FROM (
          SELECT s.workspace_id, s.user_id FROM session s
          JOIN "grant" g ON g.id = $3 AND g.session_id = s.id AND g.epoch = $4
            AND g.client_id = (SELECT id FROM allowed)
          JOIN "user" u ON u.id = s.user_id AND u.state = 'active'
          JOIN workspace w ON w.id = s.workspace_id AND w.state = 'active'
          WHERE s.id = $2 AND s.ended_at IS NULL AND g.ended_at IS NULL
            AND (u.ended_before IS NULL OR u.ended_before < s.created_at)
            AND (w.ended_before IS NULL OR w.ended_before < s.created_at)
          FOR SHARE OF s, g, u, w) s,
        (SELECT id FROM epoch_key WHERE id = $5 AND destroyed_at IS NULL FOR KEY SHARE) e,
        LATERAL (SELECT clock_timestamp() AS t WHERE s.user_id IS NOT NULL) c
      RETURNING id)
    INSERT INTO participant (session_id, client_id) SELECT begun.id, $9 FROM begun`,
}

/** The session, the client and its grant, as they were read, that a redemption was allowed by. */
export interface Beside {
  readonly beside: SessionId
  readonly clientId: ClientId
  readonly grantId: GrantId
  readonly epoch: number
}

export async function insertOfflineSession(
  tx: Sql,
  session: CheckedSession,
  { beside, clientId, grantId, epoch }: Beside,
): Promise<boolean> {
  const written = await tx.execute(INSERT, [
    session.id,
    beside,
    grantId,
    epoch,
    session.epochId,
    session.secretWrapped,
    session.idleTimeout,
    session.absoluteEndAt,
    clientId,
  ])
  return written === 1
}
