import type { Sql, Statement } from '../../database/sql.ts'
import type { ClientId, GrantId, SessionId, UserId, WorkspaceId } from '../../ids.ts'

const TELL_FEED = `INSERT INTO feed_record (kind, subject, workspace_id, cause, at)
  SELECT 'grant.ended', id, workspace_id, `

function touching(name: string, change: string): Statement {
  return {
    name,
    text: `
      WITH touched AS (
        UPDATE "grant" g SET ${change} FROM session s
        WHERE g.id = $1 AND g.ended_at IS NULL AND s.id = g.session_id
        RETURNING g.id, g.session_id, s.workspace_id),
      fed AS (${TELL_FEED} $2::text, clock_timestamp() FROM touched)
      SELECT session_id, workspace_id FROM touched`,
  }
}

const END_GRANT = touching('grant_end', 'ended_at = clock_timestamp(), end_cause = $2')
const RAISE_EPOCH = touching('grant_raise_epoch', 'epoch = epoch + 1')

export interface TouchedGrant {
  readonly sessionId: SessionId
  readonly workspaceId: WorkspaceId
}

/** Closes a grant for good, or only what was issued under it until now. */
export async function closeGrant(
  db: Sql,
  id: GrantId,
  how: { readonly cause: string; readonly keepsConsent: 'yes' | 'no' },
): Promise<TouchedGrant | null> {
  const statement = how.keepsConsent === 'yes' ? RAISE_EPOCH : END_GRANT
  const [row] = await db.query<{ session_id: SessionId; workspace_id: WorkspaceId }>(statement, [
    id,
    how.cause,
  ])
  return row ? { sessionId: row.session_id, workspaceId: row.workspace_id } : null
}

interface Statements {
  /** In the order of identifiers, so that two ends of many never wait for each other in a circle. */
  readonly close: Statement
  readonly offline: Statement
}

function statements(name: string, chosen: string, values: number): Statements {
  const [cause, actorKind, actorId] = [1, 2, 3].map((next) => `$${values + next}`)
  return {
    close: {
      name: `grants_end_${name}`,
      text: `
        WITH chosen AS MATERIALIZED (
          SELECT g.id, s.workspace_id FROM "grant" g JOIN session s ON s.id = g.session_id
          WHERE g.ended_at IS NULL AND ${chosen} ORDER BY g.id FOR UPDATE OF g),
        ended AS (
          UPDATE "grant" g SET ended_at = clock_timestamp(), end_cause = ${cause} FROM chosen c
          WHERE g.id = c.id AND g.ended_at IS NULL RETURNING g.id, c.workspace_id),
        fed AS (${TELL_FEED} ${cause}::text, clock_timestamp() FROM ended),
        written AS (
          INSERT INTO entry (id, action, actor_kind, actor_id, subject_kind, subject_id,
            workspace_id, detail, at)
          SELECT gen_random_uuid(), 'grant.ended', ${actorKind}, ${actorId}, 'grant', e.id,
            e.workspace_id, jsonb_build_object('cause', ${cause}::text), clock_timestamp()
          FROM ended e)
        SELECT id FROM ended`,
    },
    offline: {
      name: `sessions_offline_${name}`,
      text: `
        SELECT s.id FROM "grant" g JOIN session s ON s.id = g.session_id
        WHERE g.ended_at IS NULL AND s.ended_at IS NULL AND s.kind = 'offline' AND ${chosen}
        ORDER BY s.id`,
    },
  }
}

const CONSENTED = statements(
  'consented',
  'g.client_id = $1 AND s.user_id = $2 AND s.workspace_id = $3',
  3,
)
const OF_CLIENT = statements('of_client', 'g.client_id = $1', 1)

export interface ConsentedPlace {
  readonly clientId: ClientId
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
}

/** All grants of a client, or those that one person gave it in one workspace. */
export type ChosenGrants = ClientId | ConsentedPlace

export interface EndedBy {
  readonly cause: string
  readonly actorKind: string
  readonly actorId: string | null
}

export async function closeGrants(db: Sql, chosen: ChosenGrants, by: EndedBy): Promise<GrantId[]> {
  const { close, values } = read(chosen)
  const all = [...values, by.cause, by.actorKind, by.actorId]
  const rows = await db.query<{ id: GrantId }>(close, all)
  return rows.map(({ id }) => id)
}

/** The offline sessions that these grants are all there is to. */
export async function offlineSessionsOf(db: Sql, chosen: ChosenGrants): Promise<SessionId[]> {
  const { offline, values } = read(chosen)
  const rows = await db.query<{ id: SessionId }>(offline, values)
  return rows.map(({ id }) => id)
}

function read(chosen: ChosenGrants): Statements & { readonly values: readonly string[] } {
  if (typeof chosen === 'string') return { ...OF_CLIENT, values: [chosen] }
  return { ...CONSENTED, values: [chosen.clientId, chosen.userId, chosen.workspaceId] }
}
