import type { Sql, Statement } from '../database/sql.ts'
import type { ClientId, LoginId, SessionId, UserId, WorkspaceId } from '../ids.ts'
import { CHECK_COLUMNS, type CheckRow } from './session-store.ts'

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

export interface HeldSessionRow extends CheckRow {
  readonly context_sealed: Buffer | null
  readonly applications: readonly string[] | null
  readonly service: string | null
}

/** Which of a person's sessions are shown: those of some logins, and a stretch of the others. */
export interface HeldAsk {
  readonly logins: readonly LoginId[]
  /** How many are passed over of those that stay when nobody is there, and of those of services. */
  readonly offlineFrom: number
  readonly apiFrom: number
  readonly limit: number
}

// Each kind in the order of its last use; a login has one session in each workspace, and no more.
const HELD_BY_USER: Statement = {
  name: 'sessions_held_by_user',
  text: `SELECT ${CHECK_COLUMNS}, s.context_sealed,
      (SELECT json_agg(COALESCE(cl.metadata->>'client_name', cl.client_id) ORDER BY g.created_at)
        FROM "grant" g JOIN client cl ON cl.id = g.client_id
        WHERE g.session_id = s.id AND g.ended_at IS NULL) AS applications,
      (SELECT COALESCE(k.metadata->>'client_name', k.client_id) FROM client k
        WHERE k.id = c.service_client_id) AS service
    FROM (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY last_seen_at DESC, session_id)
          AS place
        FROM session_check WHERE user_id = $1 AND ended_at IS NULL AND refusal IS NULL) c
    JOIN session s ON s.id = c.session_id
    WHERE c.login_id = ANY($2::uuid[]) AND c.kind = 'login'
      OR c.kind = 'offline' AND c.place > $3 AND c.place <= $3 + $5::int
      OR c.kind = 'api' AND c.place > $4 AND c.place <= $4 + $5::int
    ORDER BY c.last_seen_at DESC, c.session_id`,
}

/** The live sessions of a person with the applications in each, in one statement. */
export function heldByUser(
  db: Sql,
  userId: UserId,
  { logins, offlineFrom, apiFrom, limit }: HeldAsk,
): Promise<readonly HeldSessionRow[]> {
  return db.query<HeldSessionRow>(HELD_BY_USER, [userId, logins, offlineFrom, apiFrom, limit])
}

const UNENDED_OF_USER_IN: Statement = {
  name: 'sessions_unended_of_user_in',
  text: `SELECT id FROM session WHERE user_id = $1 AND workspace_id = ANY($2::uuid[])
    AND kind <> 'offline' AND ended_at IS NULL`,
}

/** Those that a log-out everywhere ends, in some workspaces. */
export async function unendedOfUserIn(
  db: Sql,
  userId: UserId,
  workspaceIds: readonly WorkspaceId[],
): Promise<SessionId[]> {
  const rows = await db.query<{ id: SessionId }>(UNENDED_OF_USER_IN, [userId, workspaceIds])
  return rows.map(({ id }) => id)
}

const UNENDED_OF_SERVICE: Statement = {
  name: 'sessions_unended_of_service',
  text: `SELECT id FROM session WHERE client_id = $1 AND kind = 'service' AND ended_at IS NULL
    AND ($2::uuid IS NULL OR workspace_id = $2)`,
}

/** What a service itself holds, in one workspace or in all. */
export async function unendedOfService(
  db: Sql,
  service: { readonly clientId: ClientId; readonly workspaceId: WorkspaceId | null },
): Promise<SessionId[]> {
  const values = [service.clientId, service.workspaceId]
  const rows = await db.query<{ id: SessionId }>(UNENDED_OF_SERVICE, values)
  return rows.map(({ id }) => id)
}
