import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { openDatabase } from '../../src/database/database.ts'
import { migrate, migrationStatus } from '../../src/database/migrate.ts'
import { test as base, expect } from '../support/database.ts'
import { QUIET, SMALL } from '../support/database-address.ts'

/** A folder of migrations; the database already holds the product's own, which these do not know. */
const test = base.extend<{ folder: string; write: (name: string, sql: string) => Promise<void> }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-migrations-'))
    await use(folder)
    await rm(folder, { recursive: true })
  },
  write: async ({ folder }, use) => {
    await use(async (name, sql) => {
      await mkdir(join(folder, name), { recursive: true })
      await writeFile(join(folder, name, 'migration.sql'), sql)
    })
  },
})

const FUNCTION = `
  CREATE TABLE first (id int);
  CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END; $$;`

test.describe('migrating', () => {
  test('applies what is pending in order, once, and records it', async ({
    database,
    folder,
    write,
  }) => {
    const { pool } = database
    await write('1_first', FUNCTION)
    await write('2_second', 'ALTER TABLE first ADD COLUMN name text')

    expect(await migrationStatus(pool, folder)).toMatchObject({ pending: ['1_first', '2_second'] })
    expect(await migrate(pool, folder)).toEqual(['1_first', '2_second'])
    expect(await migrate(pool, folder)).toEqual([])

    const { rows } = await pool.query(
      `SELECT migration_name, checksum, finished_at >= started_at AS finished, applied_steps_count
       FROM _prisma_migrations WHERE migration_name = '2_second'`,
    )
    expect(rows).toEqual([
      {
        migration_name: '2_second',
        // printf %s 'ALTER TABLE first ADD COLUMN name text' | sha256sum
        checksum: '92a77a6684f2c466739d4b50dc0761a272239a5361850ae24f233cb0834037db',
        finished: true,
        applied_steps_count: 1,
      },
    ])
  })

  test('knows the product up to date', async ({ database: { pool } }) => {
    expect(await migrationStatus(pool)).toEqual({ pending: [], unknown: [], edited: [] })
  })

  test('leaves nothing behind when a script fails half-way', async ({
    database,
    folder,
    write,
  }) => {
    const { pool } = database
    await write('1_broken', 'CREATE TABLE first (id int); SELECT 1 / 0;')
    await expect(migrate(pool, folder)).rejects.toThrow('1_broken')
    expect((await migrationStatus(pool, folder)).pending).toEqual(['1_broken'])

    await write('1_broken', 'CREATE TABLE first (id int);')

    expect(await migrate(pool, folder)).toEqual(['1_broken'])
  })

  test('applies nothing that it cannot record', async ({ database, folder, write }) => {
    const { pool } = database
    const create = 'CREATE TABLE first (id int);'
    await write(
      '1_first',
      `${create} ALTER TABLE _prisma_migrations ADD CHECK (migration_name <> '1_first') NOT VALID`,
    )
    await expect(migrate(pool, folder)).rejects.toThrow('1_first')

    await write('1_first', create)

    expect(await migrate(pool, folder)).toEqual(['1_first'])
  })

  test('refuses a script that was changed after it was applied', async ({
    database,
    folder,
    write,
  }) => {
    const { pool } = database
    await write('1_first', 'CREATE TABLE first (id int)')
    await migrate(pool, folder)
    await write('1_first', 'CREATE TABLE first (id bigint)')
    await write('2_second', 'CREATE TABLE second (id int)')

    await expect(migrate(pool, folder)).rejects.toThrow('1_first')
    expect(await migrationStatus(pool, folder)).toMatchObject({
      edited: ['1_first'],
      pending: ['2_second'],
    })
  })

  test('leaves alone what a newer version applied', async ({ database, folder, write }) => {
    const { pool } = database
    await write('1_first', 'CREATE TABLE first (id int)')
    await write('2_newer', 'CREATE TABLE second (id int)')
    await migrate(pool, folder)
    await rm(join(folder, '2_newer'), { recursive: true })

    expect(await migrate(pool, folder)).toEqual([])
    expect((await migrationStatus(pool, folder)).unknown).toContain('2_newer')
  })

  test('tries again what an interrupted `prisma migrate deploy` left', async ({
    database,
    folder,
    write,
  }) => {
    const { pool } = database
    await write('1_first', 'CREATE TABLE first (id int)')
    await pool.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name)
                      VALUES ('x', 'y', '1_first')`)

    expect(await migrate(pool, folder)).toEqual(['1_first'])
    const { rows } =
      await pool.query(`SELECT finished_at IS NULL AS unfinished, rolled_back_at IS NULL AS good
      FROM _prisma_migrations WHERE migration_name = '1_first' ORDER BY started_at`)
    expect(rows).toEqual([
      { unfinished: true, good: false },
      { unfinished: false, good: true },
    ])
  })

  test('applies once when several processes start at once', async ({ database, folder, write }) => {
    await write('1_slow', 'CREATE TABLE first (id int); SELECT pg_sleep(0.3);')
    const processes = [0, 1, 2].map(() =>
      openDatabase({ ...SMALL, url: database.url, lockTimeout: 0.1 }, QUIET),
    )

    const applied = await Promise.all(processes.map(({ pool }) => migrate(pool, folder)))

    expect(applied.flat()).toEqual(['1_slow'])
    await Promise.all(processes.map(({ close }) => close()))
  })

  test('goes on after a process was killed in the middle', async ({ database, folder, write }) => {
    const { pool } = database
    await write('1_first', 'CREATE TABLE first (id int)')
    await write('2_slow', 'CREATE TABLE second (id int); SELECT pg_sleep(30);')
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'migrate-process.ts'), folder],
      {
        env: { DATABASE_URL: database.url.reveal() },
        stdio: 'inherit',
      },
    )
    await expect.poll(() => sleeping(pool)).toBe(1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await write('2_slow', 'CREATE TABLE second (id int)')

    expect(await migrate(pool, folder)).toEqual(['2_slow'])
    expect(await sleeping(pool)).toBe(0)
  })
})

async function sleeping(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event = 'PgSleep'`,
  )
  return rows[0].n
}
