import type { Sql, Statement } from '../database/sql.ts'
import type { SessionId } from '../ids.ts'

// A second more or less ends nobody's stay, and a code is redeemed within it: the row was just made.
const IS_LATER = "< seen.at - interval '1 second'"

// Greatest: two nodes may flush out of order. Ended rows stay as they are. Rows are locked in the
// order of their identifiers, so that two nodes with the same sessions never wait in a circle.
const TOUCH_SESSIONS: Statement = {
  name: 'session_touch',
  text: `
    WITH held AS MATERIALIZED (
      SELECT s.id, seen.at FROM session s
      JOIN unnest($1::uuid[], $2::timestamptz[]) AS seen(id, at) ON s.id = seen.id
      WHERE s.ended_at IS NULL AND s.last_seen_at ${IS_LATER} ORDER BY s.id FOR NO KEY UPDATE OF s)
    UPDATE session s SET last_seen_at = GREATEST(s.last_seen_at, held.at) FROM held
    WHERE s.id = held.id AND s.ended_at IS NULL`,
}

const TOUCH_LOGINS: Statement = {
  name: 'login_touch',
  text: `
    WITH seen AS (
      SELECT s.login_id AS id, MAX(seen.at) AS at
      FROM unnest($1::uuid[], $2::timestamptz[]) AS seen(id, at)
      JOIN session s ON s.id = seen.id WHERE s.ended_at IS NULL AND s.login_id IS NOT NULL
      GROUP BY s.login_id),
    held AS MATERIALIZED (
      SELECT l.id, seen.at FROM login l JOIN seen ON l.id = seen.id
      WHERE l.ended_at IS NULL AND l.last_seen_at ${IS_LATER} ORDER BY l.id FOR NO KEY UPDATE OF l)
    UPDATE login l SET last_seen_at = GREATEST(l.last_seen_at, held.at) FROM held
    WHERE l.id = held.id AND l.ended_at IS NULL`,
}

/**
 * Two statements that each commit alone: an end locks a login before its sessions, and who held
 * sessions while waiting for their login would meet it half-way. Both can be repeated.
 */
export async function touchSessions(db: Sql, seen: ReadonlyMap<SessionId, Date>): Promise<void> {
  const values = [[...seen.keys()], [...seen.values()]]
  await db.execute(TOUCH_LOGINS, values)
  await db.execute(TOUCH_SESSIONS, values)
}
