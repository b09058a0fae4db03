import type { Sql, Statement } from '../database/sql.ts'
import type { SessionId } from '../ids.ts'

// Greatest: two nodes may flush out of order. Ended rows stay as they are. Rows that were seen
// moments ago are left alone, so that a busy session costs no write for each request.
const TOUCH: Statement = {
  name: 'session_touch',
  text: `WITH seen AS (
      SELECT id, at FROM unnest($1::uuid[], $2::timestamptz[]) AS s(id, at)),
    touched AS (
      UPDATE session s SET last_seen_at = seen.at FROM seen
      WHERE s.id = seen.id AND s.ended_at IS NULL AND s.last_seen_at < seen.at
      RETURNING s.login_id, s.last_seen_at)
    UPDATE login l SET last_seen_at = t.at
    FROM (SELECT login_id, MAX(last_seen_at) AS at FROM touched
      WHERE login_id IS NOT NULL GROUP BY login_id) t
    WHERE l.id = t.login_id AND l.ended_at IS NULL AND l.last_seen_at < t.at`,
}

export async function touchSessions(db: Sql, seen: ReadonlyMap<SessionId, Date>): Promise<void> {
  await db.execute(TOUCH, [[...seen.keys()], [...seen.values()]])
}
