import { channel } from 'node:diagnostics_channel'
import pg from 'pg'
import { DomainError } from '../errors.ts'
import type { Redacted } from '../lib/redacted.ts'
import { valueReaders } from './read-values.ts'

/** Where the database is and how long anybody waits for it; times in seconds. */
export interface DatabaseOptions {
  readonly url: Redacted<string>
  readonly poolSize: number
  /** How many callers may wait for a connection before the next is refused. */
  readonly queueLimit: number
  readonly queueTimeout: number
  readonly statementTimeout: number
  readonly lockTimeout: number
}

/** Each statement's text as it is sent, published only while somebody listens. */
export const statements = channel('sojourn:sql')

/** The one pool of a process; a broken connection is replaced by the next caller's. */
export function openPool(options: DatabaseOptions, log: PoolLog): pg.Pool {
  const pool = new pg.Pool(poolConfig(options))
  // The address holds the password: whoever prints the pool must not see it.
  Object.defineProperty(pool.options, 'connectionString', { enumerable: false })
  boundQueue(pool, options.queueLimit)
  pool.on('connect', publishStatements)
  // Without a listener an idle connection's death would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'))
  return pool
}

export interface PoolLog {
  warn(fields: object, message: string): void
}

function poolConfig(options: DatabaseOptions): pg.PoolConfig {
  return {
    connectionString: options.url.reveal(),
    max: options.poolSize,
    connectionTimeoutMillis: options.queueTimeout * 1000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: 'sojourn',
    statement_timeout: options.statementTimeout * 1000,
    // Whoever is cut off without a word would wait for minutes: the server's own limit cannot reach us.
    query_timeout: (options.statementTimeout + 1) * 1000,
    lock_timeout: options.lockTimeout * 1000,
    idle_in_transaction_session_timeout: options.statementTimeout * 2000,
    types: valueReaders,
    onConnect: settle,
  }
}

/**
 * Prisma's adapter reads and writes times without their offset: any other zone would shift them.
 *
 * All our statements find rows by their keys, with one plan for all values: left to itself PostgreSQL
 * plans those with a list anew each time, which takes it longer than running them, and compiles what
 * it takes for long.
 *
 * Said as statements because `options` in the operator's address would replace `options` given here.
 */
async function settle(client: pg.ClientBase): Promise<void> {
  await client.query(
    "SET TIME ZONE 'UTC'; SET plan_cache_mode TO force_generic_plan; SET jit TO off",
  )
}

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: Error | boolean) => void,
) => void

/**
 * Refuses at once when too many wait, and says `unavailable` for each connection that could not be had:
 * a flood must not pile up behind a database that is slow or down.
 */
function boundQueue(pool: pg.Pool, limit: number): void {
  const connect = pool.connect.bind(pool)

  function bounded(callback?: Connected): Promise<pg.PoolClient> | undefined {
    if (callback) {
      if (pool.waitingCount >= limit) callback(refusal('too many wait'), undefined, () => undefined)
      else connect((error, client, done) => callback(error && refusal(error), client, done))
      return undefined
    }
    if (pool.waitingCount >= limit) return Promise.reject(refusal('too many wait'))
    return connect().catch((error: unknown) => {
      throw refusal(error)
    })
  }

  pool.connect = bounded as typeof pool.connect
}

function refusal(cause: unknown): DomainError {
  return new DomainError('unavailable', 'no database connection could be had', {
    cause,
    retryAfter: 1,
  })
}

function publishStatements(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown

  function published(...args: unknown[]): unknown {
    if (statements.hasSubscribers) statements.publish({ text: textOf(args[0]) })
    return query(...args)
  }

  client.query = published as typeof client.query
}

function textOf(statement: unknown): string {
  return typeof statement === 'string' ? statement : (statement as { text: string }).text
}
