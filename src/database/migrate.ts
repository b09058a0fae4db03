import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { MIGRATIONS, type Migration, readMigrations } from './migration-files.ts'
import { prepared } from './sql.ts'
import { asUnavailable, sqlState } from './unavailable.ts'

export interface MigrationStatus {
  /** Not applied yet. */
  readonly pending: readonly string[]
  /** Applied by a newer version of the product. */
  readonly unknown: readonly string[]
  /** Applied, and changed since. */
  readonly edited: readonly string[]
}

/** Prisma Migrate's own lock, so that `prisma migrate deploy` and we wait for each other. */
const LOCK = 72_707_369

/**
 * Applies what is pending and names it; processes that do so at once apply each migration once.
 *
 * The table and its sums are Prisma Migrate's, the applier is not: a script and its row commit as one, so a
 * process killed at any point leaves a migration either applied and recorded, or neither.
 */
export async function migrate(pool: pg.Pool, folder = MIGRATIONS): Promise<readonly string[]> {
  const migrations = await readMigrations(folder)
  const client = await pool.connect()
  const onError = () => undefined
  client.on('error', onError)
  try {
    await client.query(SETTINGS)
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    return await applyPending(client, migrations)
  } catch (error) {
    throw asUnavailable(error)
  } finally {
    // Closed, not given back: its settings and its lock go with it.
    client.release(true)
  }
}

/** How the database stands to the migrations of this version. */
export async function migrationStatus(
  pool: pg.Pool,
  folder = MIGRATIONS,
): Promise<MigrationStatus> {
  return statusOf(await readMigrations(folder), await appliedIn(pool))
}

/**
 * A migration may take its time, but not while everybody waits behind its lock on a table; and one whose
 * process was killed is given up within a second.
 */
const SETTINGS = `
  SET statement_timeout = 0;
  SET lock_timeout = 0;
  SET idle_in_transaction_session_timeout = 0;
  SET client_connection_check_interval = '1s'`

/** As Prisma Migrate writes it (prisma-engines, flavour/postgres/connector.rs). */
const TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`

const APPLIED = {
  name: 'applied_migrations',
  text: `SELECT migration_name AS name, checksum FROM _prisma_migrations
         WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
}

/** Left by an interrupted `prisma migrate deploy`: it is tried again, and fails whole if it had gone through. */
const GIVE_UP_FAILED = `
  UPDATE _prisma_migrations SET rolled_back_at = clock_timestamp()
  WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL`

const RECORD = `
  INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
  VALUES ($1, $2, $3, clock_timestamp(), 1)`

async function applyPending(
  client: pg.PoolClient,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  await client.query(TABLE)
  const { pending, edited } = statusOf(migrations, await appliedIn(client))
  if (edited.length > 0) throw new Error(`changed after they were applied: ${edited.join(', ')}`)
  for (const migration of migrations) {
    if (pending.includes(migration.name)) await apply(client, migration)
  }
  return pending
}

async function apply(client: pg.PoolClient, { name, script, checksum }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query("SET LOCAL lock_timeout = '10s'")
    await client.query(GIVE_UP_FAILED, [name])
    await client.query(script)
    await client.query(RECORD, [randomUUID(), checksum, name])
    await client.query('COMMIT')
  } catch (cause) {
    throw new Error(`migration ${name} failed and left nothing behind`, { cause })
  }
}

async function appliedIn(queryable: pg.Pool | pg.ClientBase): Promise<readonly Applied[]> {
  try {
    return (await prepared<Applied>(queryable, APPLIED)).rows
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE) return []
    throw error
  }
}

const UNDEFINED_TABLE = '42P01'

interface Applied {
  readonly name: string
  readonly checksum: string
}

function statusOf(migrations: readonly Migration[], applied: readonly Applied[]): MigrationStatus {
  const sums = new Map(applied.map(({ name, checksum }) => [name, checksum]))
  const known = new Set(migrations.map(({ name }) => name))
  return {
    pending: migrations.filter(({ name }) => !sums.has(name)).map(({ name }) => name),
    unknown: [...sums.keys()].filter((name) => !known.has(name)),
    edited: migrations
      .filter(({ name, checksum }) => sums.has(name) && sums.get(name) !== checksum)
      .map(({ name }) => name),
  }
}
