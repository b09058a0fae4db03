import type { Sql, Statement } from '../database/sql.ts'
import type { LoginId } from '../ids.ts'

const EXPIRED: Statement = {
  name: 'logins_expired',
  text: `SELECT id, CASE WHEN absolute_end_at <= statement_timestamp() THEN 'absolute' ELSE 'idle' END AS cause
    FROM login WHERE ended_at IS NULL AND (absolute_end_at <= statement_timestamp()
      OR last_seen_at + make_interval(secs => idle_timeout + $1) <= statement_timestamp())
    LIMIT 100`,
}

export async function expiredLogins(
  db: Sql,
  slack: number,
): Promise<readonly { readonly id: LoginId; readonly cause: 'absolute' | 'idle' }[]> {
  return db.query(EXPIRED, [slack])
}
