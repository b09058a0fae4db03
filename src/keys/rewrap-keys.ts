import { setTimeout as sleep } from 'node:timers/promises'
import type { RootKeys } from '../crypto/root-key.ts'
import { wipe } from '../crypto/secret.ts'
import type { Sql } from '../database/sql.ts'
import { type Db, sqlTransaction } from '../database/transaction.ts'
import {
  countWrapped,
  lockWrapped,
  saveWrapped,
  type VersionCount,
  type WrappedRow,
} from './wrapped-column-store.ts'
import { WRAPPED_TABLES, type WrappedTable, wrappedAt } from './wrapped-columns.ts'

interface Deps {
  readonly db: Db
  readonly rootKeys: RootKeys
}

export interface Rewrapped {
  readonly rewrapped: number
  /** Keys of root versions that are not at hand: lost, unless the version comes back. */
  readonly unreadable: readonly VersionCount[]
}

const BATCH = 100
const PAUSE = 50

/**
 * Wraps every key under the current root version, in batches that commit one by one: interrupted,
 * it goes on where it was, and every key is readable all the while.
 */
export async function rewrapAll(deps: Deps, options: { readonly batch?: number } = {}) {
  let rewrapped = 0
  for (const table of WRAPPED_TABLES) rewrapped += await rewrapTable(deps, table, options.batch)
  return { rewrapped, unreadable: await unreadableKeys(deps) } satisfies Rewrapped
}

async function rewrapTable(deps: Deps, table: WrappedTable, batch = BATCH): Promise<number> {
  let rewrapped = 0
  for (;;) {
    const count = await sqlTransaction(deps.db, (tx) => rewrapBatch(deps, tx, { table, batch }))
    rewrapped += count
    if (count > 0) continue
    if (!(await isAnyLeft(deps, table))) return rewrapped
    // What is left is locked by somebody for a moment.
    await sleep(PAUSE)
  }
}

async function rewrapBatch(
  { rootKeys }: Deps,
  tx: Sql,
  { table, batch }: { readonly table: WrappedTable; readonly batch: number },
): Promise<number> {
  const rows = await lockWrapped(tx, table, { versions: oldVersions(rootKeys), limit: batch })
  if (rows.length === 0) return 0
  await saveWrapped(tx, table, await Promise.all(rows.map((row) => rewrap(rootKeys, table, row))))
  return rows.length
}

async function rewrap(rootKeys: RootKeys, table: WrappedTable, row: WrappedRow) {
  const place = wrappedAt(table, row.id, row.owner)
  const secret = await rootKeys.unwrap(row.wrapped, place).catch((cause: unknown) => {
    throw new Error(`${table} ${row.id} cannot be wrapped anew`, { cause })
  })
  const wrapped = await rootKeys.wrap(secret, place)
  wipe(secret)
  return { id: row.id, wrapped }
}

async function isAnyLeft({ db, rootKeys }: Deps, table: WrappedTable): Promise<boolean> {
  const old = oldVersions(rootKeys)
  return (await countWrapped(db, table)).some(({ version }) => old.includes(version))
}

async function unreadableKeys({ db, rootKeys }: Deps): Promise<readonly VersionCount[]> {
  const counts = await Promise.all(WRAPPED_TABLES.map((table) => countWrapped(db, table)))
  return counts.flat().filter(({ version }) => !rootKeys.has(version))
}

function oldVersions({ currentVersion, versions }: RootKeys): readonly string[] {
  return versions()
    .map(({ version }) => version)
    .filter((version) => version !== currentVersion)
}
