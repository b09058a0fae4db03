import type { Sql, Statement } from '../../database/sql.ts'
import type { ElevationId, SessionId, UserId, WorkspaceId } from '../../ids.ts'
import type { Elevation } from './elevation.ts'

const COLUMNS = 'id, state, permissions, reason, end_at'

interface Row {
  readonly id: ElevationId
  readonly state: Elevation['state']
  readonly permissions: readonly string[]
  readonly reason: string
  readonly end_at: Date
}

function toElevation(row: Row): Elevation {
  const { id, state, permissions, reason, end_at: endAt } = row
  return { id, state, permissions, reason, endAt }
}

// The session's row is held: an end that commits first leaves nothing to elevate, and of two who
// set its permissions at once the later one's hold.
const HOLD: Statement = {
  name: 'elevation_hold',
  text: 'SELECT id FROM session WHERE id = $1 AND ended_at IS NULL FOR NO KEY UPDATE',
}

// A statement of its own: what was given while the lock was awaited is seen only by one that starts
// after it, and would stand beside what is given now.
const WITHDRAW: Statement = {
  name: 'elevation_withdraw',
  text: `UPDATE elevation SET state = 'withdrawn', ended_at = clock_timestamp()
    WHERE session_id = $1 AND ended_at IS NULL AND state IN ('asked', 'granted') RETURNING id`,
}

/** Takes back all that a session was given or waits for. */
export async function withdrawElevations(db: Sql, sessionId: SessionId): Promise<ElevationId[]> {
  const held = await db.query(HOLD, [sessionId])
  if (held.length === 0) return []
  const rows = await db.query<{ id: ElevationId }>(WITHDRAW, [sessionId])
  return rows.map(({ id }) => id)
}

export interface NewElevation {
  readonly id: ElevationId
  readonly sessionId: SessionId
  readonly permissions: readonly string[]
  readonly reason: string
  readonly state: Elevation['state']
  readonly requestedBy: string
  /** Seconds. */
  readonly lifetime: number
}

const INSERT: Statement = {
  name: 'elevation_insert',
  text: `INSERT INTO elevation (id, session_id, permissions, reason, state, requested_by, end_at)
    SELECT $1, s.id, $3, $4, $5, $6,
      LEAST(clock_timestamp() + make_interval(secs => $7), s.absolute_end_at)
    FROM session s WHERE s.id = $2 AND s.ended_at IS NULL
    RETURNING ${COLUMNS}`,
}

/** Null when the session has ended meanwhile. */
export async function insertElevation(db: Sql, one: NewElevation): Promise<Elevation | null> {
  const { id, sessionId, permissions, reason, state, requestedBy, lifetime } = one
  const values = [id, sessionId, permissions, reason, state, requestedBy, lifetime]
  const [row] = await db.query<Row>(INSERT, values)
  return row ? toElevation(row) : null
}

/** Somebody's yes or no, in the workspace that their token opens. */
export interface Decision {
  readonly id: ElevationId
  readonly grant: 'granted' | 'refused'
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
}

export interface Decided {
  readonly sessionId: SessionId
  /** Neither the person whose session it is, nor the one who asked. */
  readonly bySecond: boolean
  /** Null where it was not decided now: they are no second person, or it was decided or over. */
  readonly elevation: Elevation | null
}

// Two people mean two people: neither the session's own person nor whoever asked agrees. Another
// one finds it where their own roles allow all that is asked for, or may be given it. The session's
// row is held first, as by those who set permissions and those who end: what commits first holds.
const DECIDE: Statement = {
  name: 'elevation_decide',
  text: `WITH held AS MATERIALIZED (
      SELECT s.id, s.user_id, s.workspace_id, s.ended_at
      FROM session s JOIN elevation e ON e.session_id = s.id
      WHERE e.id = $1 AND s.workspace_id = $4 FOR NO KEY UPDATE OF s),
    own AS (
      SELECT p FROM membership m
      JOIN role r ON r.workspace_id = m.workspace_id AND r.name = ANY(m.roles),
        LATERAL unnest(r.permissions || r.elevations) p
      WHERE m.user_id = $3 AND m.workspace_id = $4),
    judged AS MATERIALIZED (
      SELECT held.id AS session_id, held.ended_at, e.permissions <@ ARRAY(SELECT p FROM own) AS may,
        held.user_id IS DISTINCT FROM $3 AND e.requested_by <> 'user:' || $3 AS by_second
      FROM held, elevation e WHERE e.id = $1),
    decided AS (
      UPDATE elevation e SET state = $2, decided_by = 'user:' || $3,
        ended_at = CASE WHEN $2 = 'refused' THEN clock_timestamp() END
      FROM judged j
      WHERE e.id = $1 AND j.by_second AND j.may AND j.ended_at IS NULL
        AND e.state = 'asked' AND e.end_at > clock_timestamp()
      RETURNING e.id, e.state, e.permissions, e.reason, e.end_at)
    SELECT j.session_id, j.by_second, d.*
    FROM judged j LEFT JOIN decided d ON true WHERE j.may OR NOT j.by_second`,
}

interface DecidedRow {
  readonly session_id: SessionId
  readonly by_second: boolean
}

/** Null where this person finds no such elevation. */
export async function decideElevation(db: Sql, decision: Decision): Promise<Decided | null> {
  const { id, grant, userId, workspaceId } = decision
  const values = [id, grant, userId, workspaceId]
  const [row] = await db.query<DecidedRow & (Row | { readonly id: null })>(DECIDE, values)
  if (!row) return null
  return {
    sessionId: row.session_id,
    bySecond: row.by_second,
    elevation: row.id === null ? null : toElevation(row),
  }
}

// Nothing waits for this: an elevation is over at its time. It is written down that it was.
const CLOSE: Statement = {
  name: 'elevations_close',
  text: `WITH over AS (
      SELECT e.id FROM elevation e WHERE e.ended_at IS NULL AND e.end_at <= statement_timestamp()
      LIMIT 500 FOR UPDATE SKIP LOCKED),
    closed AS (
      UPDATE elevation e SET ended_at = e.end_at FROM over WHERE e.id = over.id
      RETURNING e.id, e.session_id, e.state, e.permissions),
    told AS (
      INSERT INTO entry (id, action, actor_kind, subject_kind, subject_id, workspace_id, detail, at)
      SELECT gen_random_uuid(), 'elevation.ended', 'system', 'elevation', c.id, s.workspace_id,
        jsonb_build_object('cause', 'time', 'session', c.session_id,
          'permissions', to_jsonb(c.permissions)), clock_timestamp()
      FROM closed c JOIN session s ON s.id = c.session_id WHERE c.state = 'granted')
    SELECT id FROM closed`,
}

/** How many were closed; at most 500 a call. */
export async function closeSomeElevations(db: Sql): Promise<number> {
  return (await db.query(CLOSE)).length
}
