import type { Sql, Statement } from '../database/sql.ts'

export interface Counted {
  readonly workspace: string
  readonly count: number
}

// The largest by name, the others together: a thousand workspaces are no thousand rows in a metric.
const SESSIONS: Statement = {
  name: 'gauge_sessions',
  text: `WITH live AS (
      SELECT workspace_slug AS workspace, count(*)::int AS count FROM session_check
      WHERE refusal IS NULL GROUP BY workspace_slug),
    ranked AS (SELECT *, row_number() OVER (ORDER BY count DESC, workspace) AS place FROM live)
    SELECT CASE WHEN place <= 100 THEN workspace ELSE '' END AS workspace, sum(count)::int AS count
    FROM ranked GROUP BY 1`,
}

/** Sessions that may be used now, by workspace; the empty name stands for all beyond the first 100. */
export async function countLiveSessions(db: Sql): Promise<readonly Counted[]> {
  return db.query<Counted>(SESSIONS)
}

const DELIVERIES: Statement = {
  name: 'gauge_deliveries',
  text: `SELECT state, count(*)::int AS count FROM delivery
    WHERE state IN ('pending', 'set_aside') GROUP BY state`,
}

/** Deliveries that nobody has accepted yet, by state. */
export async function countDeliveries(
  db: Sql,
): Promise<readonly { readonly state: string; readonly count: number }[]> {
  return db.query(DELIVERIES)
}
