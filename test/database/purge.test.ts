import { randomBytes, randomUUID } from 'node:crypto'
import { purge } from '../../src/database/purge.ts'
import { expect, type TestDatabase, test } from '../support/database.ts'

const DAY = 86_400

async function fill({ pool }: TestDatabase, count: number) {
  for (let row = 0; row < count; row++) {
    await pool.query(
      `INSERT INTO artifact (model, hash, payload_sealed, expires_at) VALUES ('Code', $1, '', now() + interval '1 minute')`,
      [randomBytes(32)],
    )
    await pool.query(`INSERT INTO replay VALUES ($1, now() + interval '1 minute')`, [
      randomBytes(32),
    ])
    await pool.query(
      `INSERT INTO revoked_token (jti, expires_at) VALUES ($1, now() + interval '1 minute')`,
      [randomUUID()],
    )
    await pool.query(
      'INSERT INTO rate_limit VALUES ($1, 1, extract(epoch FROM now()) * 1000 + 60000)',
      [randomUUID()],
    )
  }
}

async function endedSession({ pool }: TestDatabase, delivery: 'pending' | 'delivered') {
  const { rows } = await pool.query<{ workspace: string }>(
    `INSERT INTO workspace (id, slug, name) VALUES (gen_random_uuid(), $1, 'W') RETURNING id AS workspace`,
    [randomUUID()],
  )
  const session = randomUUID()
  const client = randomUUID()
  await pool.query(
    `INSERT INTO session (id, kind, workspace_id, created_at, last_seen_at, absolute_end_at, idle_timeout, ended_at, end_cause)
     VALUES ($1, 'api', $2, now(), now(), now(), 60, now(), 'idle')`,
    [session, rows[0]?.workspace],
  )
  await pool.query('INSERT INTO participant (session_id, client_id) VALUES ($1, $2)', [
    session,
    client,
  ])
  await pool.query(
    `INSERT INTO delivery (id, session_id, client_id, state, next_attempt_at, created_at)
     VALUES (gen_random_uuid(), $1, $2, $3, now(), now())`,
    [session, client, delivery],
  )
  return session
}

async function counted({ pool }: TestDatabase, table: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table}`,
  )
  return rows[0]!.count
}

test.describe('purging', () => {
  test('leaves what is good, and what may still come again', async ({ database }) => {
    await fill(database, 2)
    await database.pool.query("UPDATE artifact SET model = 'AuthorizationCode'")
    await database.pass('50m')
    await purge(database.db, { endedFor: DAY })
    expect(await counted(database, 'artifact')).toBe(2)
    expect(await counted(database, 'revoked_token')).toBe(2)
  })

  test('removes at once what strangers can make', async ({ database }) => {
    await fill(database, 2)
    await database.pool.query("UPDATE artifact SET model = 'PushedAuthorizationRequest'")
    await database.pool.query("UPDATE replay SET expires_at = now() + interval '10 minutes'")
    await database.pass('12m')
    await purge(database.db, { endedFor: DAY })
    expect(await counted(database, 'artifact')).toBe(0)
    expect(await counted(database, 'replay')).toBe(2)
    await database.pass('4m')
    await purge(database.db, { endedFor: DAY })
    expect(await counted(database, 'replay')).toBe(0)
  })

  test('removes all that is over, a few rows at a time', async ({ database }) => {
    await fill(database, 5)
    await database.pass('2h')
    const purged = await purge(database.db, { endedFor: DAY, batch: 2 })
    expect(purged).toMatchObject({ artifacts: 5, replays: 5, revoked_tokens: 5, limits: 5 })
    expect(await counted(database, 'artifact')).toBe(0)
  })

  test('goes on however many small batches that takes', async ({ database }) => {
    await fill(database, 60)
    await database.pass('2h')
    expect(await purge(database.db, { endedFor: DAY, batch: 1 })).toMatchObject({ artifacts: 60 })
  })

  test('steps over rows that somebody holds', async ({ database }) => {
    await fill(database, 3)
    await database.pass('2h')
    const holder = await database.pool.connect()
    await holder.query('BEGIN; SELECT * FROM replay LIMIT 1 FOR UPDATE')
    expect(await purge(database.db, { endedFor: DAY })).toMatchObject({ replays: 2 })
    await holder.query('ROLLBACK')
    holder.release()
  })

  test('removes a session that ended long ago with all that hung on it', async ({ database }) => {
    await endedSession(database, 'delivered')
    await database.pass('23h')
    await purge(database.db, { endedFor: DAY })
    expect(await counted(database, 'session')).toBe(1)
    await database.pass('2h')
    await purge(database.db, { endedFor: DAY })
    for (const table of ['session', 'participant', 'delivery'])
      expect([table, await counted(database, table)]).toEqual([table, 0])
  })

  test('keeps a session whose end somebody has not heard of', async ({ database }) => {
    await endedSession(database, 'pending')
    await database.pass('10d')
    await purge(database.db, { endedFor: DAY })
    expect(await counted(database, 'delivery')).toBe(1)
  })
})
