import type { Sql, Statement } from '../../database/sql.ts'

// Rows leave with all others that are over (`replay`).
const SPEND: Statement = {
  name: 'ticket_spend',
  text: `INSERT INTO replay (hash, expires_at)
    VALUES ($1, clock_timestamp() + make_interval(secs => $2)) ON CONFLICT DO NOTHING`,
}

/** True for the first who shows it, of all that do at once. */
export async function spentTicket(db: Sql, hash: Buffer, seconds: number): Promise<boolean> {
  return (await db.execute(SPEND, [hash, seconds])) === 1
}
