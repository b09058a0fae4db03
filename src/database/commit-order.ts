import pg from 'pg'
import type { Sql, Statement } from './sql.ts'

/** A place in a feed: the transaction that wrote a row, and the row's number. */
export interface Cursor {
  readonly xid: string
  readonly id: string
}

/**
 * The next rows of a table with columns `xid` (xid8) and `id` (bigint), in an order in which no row can appear
 * later before one that was already read.
 *
 * A sequence number is taken before the commit, so a reader who follows numbers alone skips rows of slower
 * transactions. Only rows whose transaction is older than every one still open are read.
 */
export async function readCommitted<Row extends Cursor>(
  db: Sql,
  table: string,
  after: Cursor | null,
  limit: number,
): Promise<readonly Row[]> {
  const { xid, id } = after ?? { xid: '0', id: '0' }
  return db.query<Row>(statementFor(table), [xid, id, limit])
}

const prepared = new Map<string, Statement>()

function statementFor(table: string): Statement {
  const known = prepared.get(table)
  if (known) return known
  const statement = {
    name: `committed_${table}`,
    text: `SELECT * FROM ${pg.escapeIdentifier(table)}
           WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
             AND (xid, id) > ($1::text::xid8, $2::bigint)
           ORDER BY xid, id LIMIT $3`,
  }
  prepared.set(table, statement)
  return statement
}
