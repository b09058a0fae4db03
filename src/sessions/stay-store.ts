import type { Sql, Statement } from '../database/sql.ts'
import type { SessionId } from '../ids.ts'
import { ELEVATED, type ElevatedColumn, toElevated } from './elevation-column.ts'
import { CHECK_COLUMNS, type CheckRow, toCheckedSession } from './session-store.ts'
import type { StandingGrant, Stay } from './stay.ts'
import { toUser, USER_OBJECT, type UserColumns } from './user-columns.ts'

export interface StayRow extends CheckRow, ElevatedColumn {
  readonly user_columns: UserColumns | null
  readonly grants: readonly StandingGrant[] | null
  readonly revoked: readonly string[] | null
}

/** What decides how a pairwise client knows people; null for all others. */
export const SECTOR = `CASE WHEN cl.metadata->>'subject_type' = 'pairwise' THEN jsonb_strip_nulls(
  jsonb_build_object('subject_type', 'pairwise', 'redirect_uris', cl.metadata->'redirect_uris',
    'sector_identifier_uri', cl.metadata->'sector_identifier_uri')) END`

/** The columns of a stay, for statements that join `session_check` as `c` and `"user"` as `u`. */
export const STAY_COLUMNS = `${CHECK_COLUMNS},
  CASE WHEN u.id IS NOT NULL THEN ${USER_OBJECT} END AS user_columns,
  (SELECT json_agg(json_build_object('id', g.id, 'clientId', g.client_id,
      'clientName', cl.client_id, 'sector', ${SECTOR}, 'epoch', g.epoch,
      'scopes', g.scopes, 'createdAt', g.created_at))
    FROM "grant" g JOIN client cl ON cl.id = g.client_id AND cl.disabled_at IS NULL
    WHERE g.session_id = c.session_id AND g.ended_at IS NULL) AS grants,
  (SELECT array_agg(r.jti) FROM revoked_token r
    WHERE r.session_id = c.session_id AND r.expires_at > statement_timestamp()) AS revoked,
  ${ELEVATED} AS elevated`

const STAYS: Statement = {
  name: 'stays',
  text: `SELECT ${STAY_COLUMNS}
    FROM session_check c LEFT JOIN "user" u ON u.id = c.user_id
    WHERE c.session_id = ANY($1::uuid[])`,
}

export async function readStays(
  db: Sql,
  ids: readonly SessionId[],
): Promise<ReadonlyMap<string, Stay>> {
  const rows = await db.query<StayRow>(STAYS, [ids])
  return new Map(rows.map((row) => [row.session_id, toStay(row)]))
}

export function toStay(row: StayRow): Stay {
  return {
    session: toCheckedSession(row),
    user: row.user_columns && toUser(row.user_columns),
    grants: row.grants ?? [],
    revoked: row.revoked ?? [],
    elevated: toElevated(row),
  }
}

const REVOKE: Statement = {
  name: 'revoked_token_insert',
  text: `INSERT INTO revoked_token (jti, session_id, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING`,
}

export async function insertRevokedToken(
  db: Sql,
  token: { readonly jti: string; readonly sessionId: SessionId | null; readonly expiresAt: Date },
): Promise<boolean> {
  return (await db.execute(REVOKE, [token.jti, token.sessionId, token.expiresAt])) === 1
}

const IS_REVOKED: Statement = {
  name: 'revoked_token_find',
  text: 'SELECT jti FROM revoked_token WHERE jti = ANY($1::text[])',
}

/** For tokens of services, which have no session to be read with. */
export async function revokedAmong(db: Sql, jtis: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ jti: string }>(IS_REVOKED, [jtis])
  return new Set(rows.map(({ jti }) => jti))
}
