import type { Sql, Statement } from '../../database/sql.ts'
import type { ClientId, GrantId, SessionId } from '../../ids.ts'
import type { Grant, GrantedScopes } from './grant.ts'

interface GrantRow {
  readonly id: GrantId
  readonly session_id: SessionId
  readonly client_id: ClientId
  readonly epoch: number
  readonly scopes: GrantedScopes
  readonly created_at: Date
}

function toGrant(row: GrantRow): Grant {
  return {
    id: row.id,
    sessionId: row.session_id,
    clientId: row.client_id,
    epoch: row.epoch,
    scopes: row.scopes,
    createdAt: row.created_at,
  }
}

// Session and consent are held while the grant is written: an end or a withdrawal that commits
// first refuses it, one that comes later closes it. Two tabs that consent at once share one grant.
const SAVE: Statement = {
  name: 'grant_save',
  text: `INSERT INTO "grant" (id, session_id, client_id, scopes, created_at)
    SELECT $1, s.id, $3, $4, clock_timestamp()
    FROM (SELECT s.id FROM session s
        JOIN consent k ON k.user_id = s.user_id AND k.workspace_id = s.workspace_id
          AND k.client_id = $3 AND k.withdrawn_at IS NULL
        JOIN client c ON c.id = $3 AND c.disabled_at IS NULL
        WHERE s.id = $2 AND s.ended_at IS NULL FOR SHARE OF s, k, c) s
    ON CONFLICT (session_id, client_id) WHERE ended_at IS NULL
      DO UPDATE SET scopes = EXCLUDED.scopes
    RETURNING id, session_id, client_id, epoch, scopes, created_at`,
}

/** The grant as it stands now, or null when the session or the consent has ended meanwhile. */
export async function saveGrant(
  db: Sql,
  grant: Pick<Grant, 'id' | 'sessionId' | 'clientId' | 'scopes'>,
): Promise<Grant | null> {
  const [row] = await db.query<GrantRow>(SAVE, [
    grant.id,
    grant.sessionId,
    grant.clientId,
    JSON.stringify(grant.scopes),
  ])
  return row ? toGrant(row) : null
}
