import type { Sql, Statement } from '../database/sql.ts'

/** One look at the feed by somebody who holds a view of what it is about. */
export interface Glance {
  /** From here on the next look begins. */
  readonly head: string
  /** The database's time of this very look. */
  readonly now: Date
  readonly incarnation: string
  readonly records: ReadonlyMap<string, string>
}

interface Row {
  readonly head: string
  readonly now: Date
  readonly incarnation: string
  readonly ids: readonly string[] | null
  readonly subjects: readonly string[] | null
}

// All that is committed at this moment, also what a slower transaction has still to come before: who
// holds a view does not mind the order, nor hearing twice, but must know the view to be whole.
const GLANCE: Statement = {
  name: 'feed_glance',
  text: `
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS head, statement_timestamp() AS now,
      i.incarnation, f.ids, f.subjects
    FROM instance i, LATERAL (
      SELECT array_agg(r.id::text) AS ids, array_agg(r.subject::text) AS subjects
      FROM (SELECT id, subject FROM feed_record WHERE xid >= $1::text::xid8 LIMIT $2) r) f`,
}

/** Records from a head on, at most so many, by their number; without a head none. */
export async function glanceAtFeed(db: Sql, from: string | null, limit: number): Promise<Glance> {
  const [row] = await db.query<Row>(GLANCE, [from, limit])
  if (!row) throw new Error('the database says nothing of its incarnation')
  const { head, now, incarnation, ids, subjects } = row
  return {
    head,
    now,
    incarnation,
    records: new Map((ids ?? []).map((id, at) => [id, subjects?.[at] ?? ''])),
  }
}
