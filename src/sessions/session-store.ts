import type { Sql, Statement } from '../database/sql.ts'
import type { ClientId, LoginId, SessionId, UserId, WorkspaceId } from '../ids.ts'
import type { CheckedSession, Refusal, SessionKind } from './session.ts'

/** The columns of the view `session_check`, for statements that join it as `c`. */
export const CHECK_COLUMNS = `
  c.session_id, c.kind, c.workspace_id, c.workspace_slug, c.workspace_name, c.roles, c.user_id,
  c.service_client_id, c.login_id, c.epoch_id, c.secret_wrapped, c.created_at, c.last_seen_at,
  c.absolute_end_at, c.idle_timeout, c.auth_time, c.acr, c.amr, c.refusal,
  statement_timestamp() AS read_at`

export interface CheckRow {
  readonly session_id: SessionId
  readonly kind: SessionKind
  readonly workspace_id: WorkspaceId
  readonly workspace_slug: string
  readonly workspace_name: string
  readonly roles: readonly string[]
  readonly user_id: UserId | null
  readonly service_client_id: ClientId | null
  readonly login_id: LoginId | null
  readonly epoch_id: string | null
  readonly secret_wrapped: Buffer | null
  readonly created_at: Date
  readonly last_seen_at: Date
  readonly absolute_end_at: Date
  readonly idle_timeout: number
  readonly auth_time: Date | null
  readonly acr: string | null
  readonly amr: readonly string[] | null
  readonly refusal: Refusal | null
  readonly read_at: Date
}

export function toCheckedSession(row: CheckRow): CheckedSession {
  return {
    id: row.session_id,
    kind: row.kind,
    workspaceId: row.workspace_id,
    workspaceSlug: row.workspace_slug,
    workspaceName: row.workspace_name,
    roles: row.roles,
    userId: row.user_id,
    serviceClientId: row.service_client_id,
    loginId: row.login_id,
    epochId: row.epoch_id,
    secretWrapped: row.secret_wrapped,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    absoluteEndAt: row.absolute_end_at,
    idleTimeout: row.idle_timeout,
    authTime: row.auth_time,
    acr: row.acr,
    amr: row.amr,
    refusal: row.refusal,
    readAt: row.read_at,
  }
}

const BY_ID: Statement = {
  name: 'session_by_id',
  text: `SELECT ${CHECK_COLUMNS} FROM session_check c WHERE c.session_id = $1`,
}

export async function findSession(db: Sql, id: SessionId): Promise<CheckedSession | null> {
  const [row] = await db.query<CheckRow>(BY_ID, [id])
  return row ? toCheckedSession(row) : null
}

const LIVE_OF_USER: Statement = {
  name: 'sessions_live_of_user',
  text: `SELECT ${CHECK_COLUMNS} FROM session_check c
    WHERE c.user_id = $1 AND c.ended_at IS NULL AND c.refusal IS NULL ORDER BY c.created_at`,
}

export async function liveSessionsOf(db: Sql, userId: UserId): Promise<CheckedSession[]> {
  const rows = await db.query<CheckRow>(LIVE_OF_USER, [userId])
  return rows.map(toCheckedSession)
}

const LIVE_OF_LOGIN: Statement = {
  name: 'sessions_live_of_login',
  text: `SELECT ${CHECK_COLUMNS} FROM session_check c
    WHERE c.login_id = $1 AND c.ended_at IS NULL AND c.refusal IS NULL ORDER BY c.created_at`,
}

export async function liveSessionsOfLogin(db: Sql, loginId: LoginId): Promise<CheckedSession[]> {
  const rows = await db.query<CheckRow>(LIVE_OF_LOGIN, [loginId])
  return rows.map(toCheckedSession)
}
