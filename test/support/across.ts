import type { TestDatabase } from './database.ts'

const LEAD = 1_500

/** Where an end stands in the database. */
export interface End {
  readonly sql: string
  readonly values: readonly unknown[]
}

/**
 * Moves time to shortly before an end that stands in the database, and asks while it passes: `yes`
 * holds for every answer that was complete before the end, and for none that was begun after it.
 * By the database's clock around each answer, so a slow machine leaves answers out and tells none wrong.
 */
export async function askAcross(
  database: TestDatabase,
  end: End,
  ask: () => Promise<boolean>,
): Promise<{ readonly before: ReadonlySet<boolean>; readonly after: ReadonlySet<boolean> }> {
  const before = new Set<boolean>()
  const after = new Set<boolean>()
  let left = await clockOf(database, end)
  while (before.size === 0) {
    await database.pass(`${Math.round((await left()) - LEAD)} milliseconds`)
    left = await clockOf(database, end)
    const answer = await ask()
    if ((await left()) > 0) before.add(answer)
  }
  while (after.size === 0) {
    const isAfter = (await left()) <= 0
    const answer = await ask()
    if (isAfter) after.add(answer)
    else if ((await left()) > 0) before.add(answer)
  }
  return { before, after }
}

/** Milliseconds to the end as it stands now; an answer on the edge may put it off, which changes nothing. */
async function clockOf({ pool }: TestDatabase, end: End): Promise<() => Promise<number>> {
  const { rows } = await pool.query<{ at: Date }>(`SELECT (${end.sql}) AS at`, [...end.values])
  const at = rows[0]!.at
  return async () => {
    const text =
      'SELECT extract(epoch FROM $1::timestamptz - clock_timestamp())::float * 1000 AS left'
    return (await pool.query<{ left: number }>(text, [at])).rows[0]!.left
  }
}
