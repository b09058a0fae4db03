import type pg from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { Sql } from './sql.ts'

export interface LimiterOptions {
  readonly keyPrefix: string
  readonly points: number
  /** Seconds. */
  readonly duration: number
}

/**
 * A limiter that all processes on one database share. Its keys are stored as they are given: give it keyed
 * hashes, never a name or an address.
 */
export function createLimiter(pool: pg.Pool, options: LimiterOptions): RateLimiterPostgres {
  return new RateLimiterPostgres({
    ...options,
    storeClient: pool,
    storeType: 'pool',
    tableName: 'rate_limit',
    tableCreated: true,
    clearExpiredByTimeout: false,
    // A flood on one key is counted in one row: past the limit it must not queue for that row's lock.
    inMemoryBlockOnConsumed: options.points + 1,
  })
}

const PURGE = {
  name: 'purge_rate_limit',
  text: `DELETE FROM rate_limit WHERE key IN (
           SELECT key FROM rate_limit WHERE expire < extract(epoch FROM now()) * 1000
           LIMIT $1 FOR UPDATE SKIP LOCKED)`,
}

/** Removes at most `batch` counters whose window is over and tells how many it removed. */
export function purgeLimits(db: Sql, batch: number): Promise<number> {
  return db.execute(PURGE, [batch])
}
