import { setTimeout as sleep } from 'node:timers/promises'
import type { RootKeys } from '../crypto/root-key.ts'
import { wipe } from '../crypto/secret.ts'
import type { Sql } from '../database/sql.ts'
import { type Db, sqlTransaction } from '../database/transaction.ts'
import {
  countWrapped,
  isAnyWrapped,
  lockWrapped,
  saveWrapped,
  type VersionCount,
  type WrappedPage,
  type WrappedRow,
} from './wrapped-column-store.ts'
import { WRAPPED_TABLES, type WrappedTable, wrappedAt } from './wrapped-columns.ts'

interface Deps {
  readonly db: Db
  readonly rootKeys: RootKeys
}

export interface Rewrapped {
  readonly rewrapped: number
  /** False where time was up first; what is left is as readable as before. */
  readonly isDone: boolean
  /** Keys of root versions that are not at hand: lost, unless the version comes back. */
  readonly unreadable: readonly VersionCount[]
}

export interface RewrapOptions {
  readonly batch?: number
  /** Seconds after which no further batch is begun. */
  readonly patience?: number
}

const BATCH = 100
const PAUSE = 50
/** Before every identifier. */
const START = '00000000-0000-0000-0000-000000000000'

/**
 * Wraps every key under the current root version, in batches that commit one by one: interrupted,
 * it goes on where it was, and every key is readable all the while.
 */
export async function rewrapAll(deps: Deps, options: RewrapOptions = {}): Promise<Rewrapped> {
  const { batch = BATCH, patience = Number.POSITIVE_INFINITY } = options
  const end = performance.now() + patience * 1000
  const pace = { batch, isOver: () => performance.now() >= end }
  let rewrapped = 0
  for (const table of WRAPPED_TABLES) rewrapped += await rewrapTable(deps, table, pace)
  return { rewrapped, isDone: !(await isRewrapDue(deps)), unreadable: await unreadableKeys(deps) }
}

/** Whether a version before the current one still wraps a key: a rotation is not over. */
export async function isRewrapDue(deps: Deps): Promise<boolean> {
  for (const table of WRAPPED_TABLES) if (await isAnyLeft(deps, table)) return true
  return false
}

interface Pace {
  readonly batch: number
  readonly isOver: () => boolean
}

async function rewrapTable(
  deps: Deps,
  table: WrappedTable,
  { batch, isOver }: Pace,
): Promise<number> {
  let rewrapped = 0
  let after = START
  while (!isOver()) {
    const page = { after, limit: batch, versions: oldVersions(deps.rootKeys) }
    const rows = await sqlTransaction(deps.db, (tx) => rewrapBatch(deps, tx, { table, page }))
    rewrapped += rows.length
    after = rows.at(-1)?.id ?? START
    if (rows.length > 0) continue
    if (!(await isAnyLeft(deps, table))) break
    // What is left is locked by somebody for a moment.
    await sleep(PAUSE)
  }
  return rewrapped
}

async function rewrapBatch(
  { rootKeys }: Deps,
  tx: Sql,
  { table, page }: { readonly table: WrappedTable; readonly page: WrappedPage },
): Promise<readonly WrappedRow[]> {
  const rows = await lockWrapped(tx, table, page)
  if (rows.length > 0)
    await saveWrapped(tx, table, await Promise.all(rows.map((row) => rewrap(rootKeys, table, row))))
  return rows
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
  return old.length > 0 && isAnyWrapped(db, table, old)
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
