import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { test as base } from 'playwright/test'
import { type Database, openDatabase } from '../../src/database/database.ts'
import type { Db } from '../../src/database/transaction.ts'
import type { Redacted } from '../../src/lib/redacted.ts'
import { addressOf, QUIET, SMALL } from './database-address.ts'

export { expect } from 'playwright/test'

/** A migrated and otherwise empty database of one's own. */
export interface TestDatabase {
  readonly url: Redacted<string>
  readonly db: Db
  readonly pool: pg.Pool
  /** Moves all that is stored into the past by `7h45m`, `30s` or `2d`, as if so much time had passed. */
  pass(duration: string): Promise<void>
}

interface Fixtures {
  readonly database: TestDatabase
  readonly pass: TestDatabase['pass']
}

/** Each test that asks for `database` gets its own, made within milliseconds. */
export const test = base.extend<Fixtures>({
  database: async ({}, use) => {
    const database = await createTestDatabase()
    await use(database)
    await database.drop()
  },
  pass: async ({ database }, use) => use(database.pass),
})

/** For fixtures of other scopes; whoever creates it drops it. */
export async function createTestDatabase(): Promise<TestDatabase & { drop(): Promise<void> }> {
  const server = process.env.SOJOURN_TEST_DATABASE
  if (!server) throw new Error('the run has no PostgreSQL: is globalSetup configured?')
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE template_migrated STRATEGY file_copy`)

  const url = addressOf(server, name)
  const database = openDatabase({ ...SMALL, url }, QUIET)
  return {
    url,
    db: database.db,
    pool: database.pool,
    pass: (duration) => pass(database, duration),
    drop: async () => {
      await database.close()
      await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

async function onServer(server: string, statement: string): Promise<void> {
  const root = openDatabase({ ...SMALL, url: addressOf(server, 'postgres') }, QUIET)
  await root.pool.query(statement).finally(root.close)
}

const TIME_COLUMNS = `
  SELECT table_name AS table, array_agg(column_name::text) AS columns
  FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
  WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_prisma_migrations'
    AND data_type = 'timestamp with time zone' AND is_generated = 'NEVER'
  GROUP BY table_name`

/** In one transaction and past all triggers, so that no reader sees half of it and no rule objects. */
async function pass({ pool }: Database, duration: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query("SET LOCAL session_replication_role = 'replica'")
    const { rows } = await client.query<{ table: string; columns: string[] }>(TIME_COLUMNS)
    for (const { table, columns } of rows) {
      const moves = columns.map((column) => `"${column}" = "${column}" - $1::interval`)
      await client.query(`UPDATE "${table}" SET ${moves.join(', ')}`, [duration])
    }
    await client.query(LIMITS, [duration])
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}

/** The rate limiter counts in milliseconds since 1970. */
const LIMITS = 'UPDATE rate_limit SET expire = expire - extract(epoch FROM $1::interval) * 1000'
