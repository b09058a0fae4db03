import { setTimeout as sleep } from 'node:timers/promises'
import type { Models } from './prisma.ts'
import type { Sql } from './sql.ts'
import { asUnavailable, sqlState } from './unavailable.ts'

/**
 * The database, or a transaction on it: stores take it first and need not know which. Inside a transaction,
 * Prisma's models and prepared statements share one connection and commit as one.
 */
export interface Db extends Sql {
  readonly prisma: Models
  /** Opens a transaction or, inside one, joins it; callers say `transaction(db, work)`. */
  begin<T>(work: (tx: Db) => Promise<T>): Promise<T>
  /** The same for prepared statements alone; callers say `sqlTransaction(db, work)`. */
  beginSql<T>(work: (tx: Sql) => Promise<T>): Promise<T>
}

/**
 * Runs `work` in one transaction, the caller's if it has one, and commits if it resolves.
 *
 * A transaction that lost to another one (serialization failure, deadlock) is run again by whoever opened it,
 * so `work` must have no effects outside the database.
 */
export function transaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  if (db.inTransaction) return db.begin(work)
  return retrying(() => db.begin(work))
}

/** `transaction` for hot paths: prepared statements only, at half the cost. */
export function sqlTransaction<T>(db: Db, work: (tx: Sql) => Promise<T>): Promise<T> {
  if (db.inTransaction) return db.beginSql(work)
  return retrying(() => db.beginSql(work))
}

const TRIES = 4

async function retrying<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (tries >= TRIES || !isConflict(error)) throw asUnavailable(error)
      await sleep(Math.random() * 20 * 2 ** tries)
    }
  }
}

function isConflict(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== null) return state === '40001' || state === '40P01'
  return error instanceof Error && 'code' in error && error.code === 'P2034'
}
