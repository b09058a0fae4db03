import { randomUUID } from 'node:crypto'
import { countBacklog } from '../../src/database/purge-due.ts'
import { expect, type TestDatabase, test } from '../support/database.ts'

const DAY = 86_400
const at = { endedFor: DAY, idleSlack: 10 }

/** A session that lives for two hours, or one after an idle hour, unless it has ended. */
async function session({ pool }: TestDatabase, ended: 'ended' | 'unended'): Promise<string> {
  const id = randomUUID()
  await pool.query(`INSERT INTO workspace (id, slug, name) VALUES ($1::uuid, $1::uuid, 'W')`, [id])
  await pool.query(
    `INSERT INTO session (id, kind, workspace_id, created_at, last_seen_at, absolute_end_at,
        idle_timeout, ended_at, end_cause)
      SELECT $1::uuid, 'api', $1::uuid, now(), now(), now() + interval '2 hours', 3600,
        CASE WHEN $2 THEN now() END, CASE WHEN $2 THEN 'idle' END`,
    [id, ended === 'ended'],
  )
  return id
}

test.describe('the backlog of clean-up', () => {
  test('is what is over and still there, kind by kind', async ({ database }) => {
    await session(database, 'ended')
    await database.pool.query(`INSERT INTO replay VALUES ('a', now())`)
    await database.pool.query(`INSERT INTO revoked_token (jti, expires_at) VALUES ('a', now())`)
    const nothing = {
      artifacts: 0,
      replays: 0,
      revoked_tokens: 0,
      sessions: 0,
      grants: 0,
      logins: 0,
      expired_sessions: 0,
      expired_logins: 0,
      changes: 0,
      feed: 0,
    }
    expect(await countBacklog(database.db, at)).toEqual(nothing)
    await database.pass('30m')
    expect(await countBacklog(database.db, at)).toEqual({ ...nothing, changes: 1, replays: 1 })
    await database.pass('25h')
    expect(await countBacklog(database.db, at)).toEqual({
      ...nothing,
      changes: 1,
      replays: 1,
      revoked_tokens: 1,
      sessions: 1,
    })
  })

  test('leaves out sessions that wait for a delivery, which clean-up keeps', async ({
    database,
  }) => {
    const id = await session(database, 'ended')
    await database.pool.query(
      `INSERT INTO delivery (id, session_id, client_id, state, next_attempt_at, created_at)
       VALUES ($1, $1, $1, 'pending', now(), now())`,
      [id],
    )
    await database.pass('25h')
    expect(await countBacklog(database.db, at)).toMatchObject({ sessions: 0 })
  })

  test('knows what time has ended and nothing has marked, by idleness after the slack', async ({
    database,
  }) => {
    await session(database, 'unended')
    await database.pass('1h')
    expect(await countBacklog(database.db, at)).toMatchObject({ expired_sessions: 0 })
    await database.pass('11s')
    expect(await countBacklog(database.db, at)).toMatchObject({ expired_sessions: 1 })
    await database.pass('1h')
    expect(await countBacklog(database.db, at)).toMatchObject({ expired_sessions: 1 })
  })

  test('is not counted beyond ten thousand', async ({ database }) => {
    await database.pool.query(
      `INSERT INTO replay SELECT int4send(n), now() FROM generate_series(1, 10002) n`,
    )
    await database.pass('1h')
    expect(await countBacklog(database.db, at)).toMatchObject({ replays: 10_000 })
  })
})
