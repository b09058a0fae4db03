import type { Change } from '../audit/append-entry.ts'
import type { Wrapped } from '../crypto/root-key.ts'
import type { Sql } from '../database/sql.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'

export type ServerKeyPurpose = 'data' | 'lookup'

export interface ServerKeyRow {
  readonly id: string
  readonly purpose: ServerKeyPurpose
  readonly version: number
  readonly wrapped: Wrapped
}

export interface LoadedServerKey extends ServerKeyRow {
  readonly activeAt: Date
  /** Milliseconds until then, by the database's clock; negative once it has begun. */
  readonly activeIn: number
}

type Row = Omit<LoadedServerKey, 'wrapped'> & {
  readonly wrapped: Buffer
  readonly rootVersion: string
}

const FIND = {
  name: 'server_key_find',
  text: `
    SELECT id, purpose, version, wrapped, root_version AS "rootVersion", active_at AS "activeAt",
      (extract(epoch FROM active_at - clock_timestamp()) * 1000)::float8 AS "activeIn"
    FROM server_key ORDER BY version`,
}

/** All versions of the server's own keys, oldest first. */
export async function findServerKeys(db: Sql): Promise<readonly LoadedServerKey[]> {
  const rows = await db.query<Row>(FIND)
  return rows.map(({ wrapped, rootVersion, ...row }) => {
    return { ...row, wrapped: { version: rootVersion, bytes: wrapped } }
  })
}

const INSERT = `
  INSERT INTO server_key (id, purpose, version, wrapped, root_version, active_at)
  VALUES ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => $6))
  ON CONFLICT (purpose, version) DO NOTHING
  RETURNING version, active_at AS "activeAt"`

/** Adds a version that is used at once, unless another start has added it. */
export async function insertServerKey(db: Sql, key: ServerKeyRow): Promise<void> {
  await db.query({ name: 'server_key_insert', text: INSERT }, valuesOf(key, 0))
}

/** Adds one that is used after so many seconds, unless another one is announced already. */
export function announceServerKey(key: ServerKeyRow, lead: number): Change {
  return {
    statement: { name: 'server_key_announce', text: INSERT },
    values: valuesOf(key, lead),
  }
}

function valuesOf({ id, purpose, version, wrapped }: ServerKeyRow, lead: number): unknown[] {
  return [id, purpose, version, Buffer.from(wrapped.bytes), wrapped.version, lead]
}

// Bytes 1 and 2 of what is sealed are the version (sealer.ts).
const COUNTS = {
  name: 'server_key_counts',
  text: `
    SELECT version, count(*)::int AS sealed FROM (${SEALED_COLUMNS.map(
      ({ table, column }) => `
      SELECT get_byte(${column}, 1) * 256 + get_byte(${column}, 2) AS version
      FROM ${table} WHERE length(${column}) > 2`,
    ).join(' UNION ALL ')}) AS all_sealed GROUP BY version`,
}

/** How much each version of the data key has sealed that is still there. */
export async function countSealed(db: Sql): Promise<ReadonlyMap<number, number>> {
  const rows = await db.query<{ version: number; sealed: number }>(COUNTS)
  return new Map(rows.map(({ version, sealed }) => [version, sealed]))
}

const DESTROY = {
  name: 'server_key_destroy',
  text: `DELETE FROM server_key WHERE id = $1 AND purpose = 'data' RETURNING version`,
}

export function destroyServerKey(id: string): Change {
  return { statement: DESTROY, values: [id] }
}
