import type { Wrapped } from '../crypto/root-key.ts'
import type { Sql } from '../database/sql.ts'
import { WRAPPED_COLUMNS, type WrappedTable } from './wrapped-columns.ts'

export interface WrappedRow {
  readonly id: string
  readonly owner: string
  readonly wrapped: Wrapped
}

export interface VersionCount {
  readonly table: WrappedTable
  readonly version: string
  readonly keys: number
}

interface Stored {
  readonly id: string
  readonly owner: string
  readonly wrapped: Buffer
  readonly root_version: string
}

/** The first keys after an identifier that are wrapped by one of these root versions. */
export interface WrappedPage {
  readonly versions: readonly string[]
  readonly after: string
  readonly limit: number
}

/** Locks some keys of old root versions; rows that another one holds are left for the next round. */
export async function lockWrapped(
  tx: Sql,
  table: WrappedTable,
  { versions, after, limit }: WrappedPage,
): Promise<readonly WrappedRow[]> {
  const { column, owner } = WRAPPED_COLUMNS[table]
  // In the order of the primary key, or each batch would pass over all that is done already.
  // NO KEY UPDATE: whoever wraps a session under an epoch meanwhile is not held up.
  const text = `
    SELECT id, ${owner} AS owner, ${column} AS wrapped, root_version FROM ${table}
    WHERE ${column} IS NOT NULL AND root_version = ANY($1) AND id > $2
    ORDER BY id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED`
  const statement = { name: `wrapped_lock_${table}`, text }
  const rows = await tx.query<Stored>(statement, [versions, after, limit])
  return rows.map((row) => ({
    id: row.id,
    owner: row.owner,
    wrapped: { version: row.root_version, bytes: row.wrapped },
  }))
}

/** Replaces wrapped keys; one that was destroyed stays destroyed. */
export async function saveWrapped(
  tx: Sql,
  table: WrappedTable,
  keys: readonly Pick<WrappedRow, 'id' | 'wrapped'>[],
): Promise<void> {
  const { column } = WRAPPED_COLUMNS[table]
  const text = `
    UPDATE ${table} t SET ${column} = n.wrapped, root_version = n.version
    FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS n (id, wrapped, version)
    WHERE t.id = n.id AND t.${column} IS NOT NULL`
  await tx.execute({ name: `wrapped_save_${table}`, text }, [
    keys.map(({ id }) => id),
    keys.map(({ wrapped }) => Buffer.from(wrapped.bytes)),
    keys.map(({ wrapped }) => wrapped.version),
  ])
}

/** How many keys each root version wraps. */
export async function countWrapped(db: Sql, table: WrappedTable): Promise<readonly VersionCount[]> {
  const { column } = WRAPPED_COLUMNS[table]
  const text = `
    SELECT root_version AS version, count(*)::int AS keys FROM ${table}
    WHERE ${column} IS NOT NULL GROUP BY root_version ORDER BY root_version`
  const rows = await db.query<Omit<VersionCount, 'table'>>({ name: `wrapped_count_${table}`, text })
  return rows.map((row) => ({ ...row, table }))
}

/** Whether one of these root versions still wraps a key in this table. */
export async function isAnyWrapped(
  db: Sql,
  table: WrappedTable,
  versions: readonly string[],
): Promise<boolean> {
  const { column } = WRAPPED_COLUMNS[table]
  const text = `
    SELECT FROM ${table} WHERE ${column} IS NOT NULL AND root_version = ANY($1) LIMIT 1`
  return (await db.query({ name: `wrapped_any_${table}`, text }, [versions])).length > 0
}
