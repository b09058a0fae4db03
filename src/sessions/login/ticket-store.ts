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

const NOW: Statement = { name: 'ticket_now', text: 'SELECT clock_timestamp() AS now' }

/** The database's time, for a ticket that says when something was proven. */
export async function ticketTime(db: Sql): Promise<Date> {
  const [row] = await db.query<{ now: Date }>(NOW)
  if (!row) throw new Error('the database tells no time')
  return row.now
}
