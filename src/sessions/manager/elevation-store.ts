import type { Sql, Statement } from '../../database/sql.ts'
import type { ElevationId, SessionId } from '../../ids.ts'
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
const WITHDRAW: Statement = {
  name: 'elevation_withdraw',
  text: `WITH held AS MATERIALIZED (
      SELECT id FROM session WHERE id = $1 AND ended_at IS NULL FOR NO KEY UPDATE)
    UPDATE elevation e SET state = 'withdrawn', ended_at = clock_timestamp() FROM held
    WHERE e.session_id = held.id AND e.ended_at IS NULL AND e.state IN ('asked', 'granted')
    RETURNING e.id`,
}

/** Takes back all that a session was given or waits for. */
export async function withdrawElevations(db: Sql, sessionId: SessionId): Promise<ElevationId[]> {
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

export interface Decision {
  readonly id: ElevationId
  readonly grant: 'granted' | 'refused'
  readonly decidedBy: string
}

// Whoever asked cannot agree: two people mean two people.
const DECIDE: Statement = {
  name: 'elevation_decide',
  text: `UPDATE elevation e SET state = $2, decided_by = $3,
      ended_at = CASE WHEN $2 = 'refused' THEN clock_timestamp() END
    FROM session s
    WHERE e.id = $1 AND e.state = 'asked' AND e.end_at > clock_timestamp() AND e.requested_by <> $3
      AND s.id = e.session_id AND s.ended_at IS NULL
    RETURNING e.id, e.state, e.permissions, e.reason, e.end_at`,
}

/** Null where there is nothing to decide, or not for this one. */
export async function decideElevation(db: Sql, decision: Decision): Promise<Elevation | null> {
  const { id, grant, decidedBy } = decision
  const [row] = await db.query<Row>(DECIDE, [id, grant, decidedBy])
  return row ? toElevation(row) : null
}

const SESSION_OF: Statement = {
  name: 'elevation_session',
  text: 'SELECT session_id FROM elevation WHERE id = $1',
}

export async function sessionOfElevation(db: Sql, id: ElevationId): Promise<SessionId | null> {
  const [row] = await db.query<{ session_id: SessionId }>(SESSION_OF, [id])
  return row?.session_id ?? null
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
