import { randomUUID } from 'node:crypto'
import { purge } from '../../../src/database/purge.ts'
import type { Sql } from '../../../src/database/sql.ts'
import { parseId } from '../../../src/ids.ts'
import { sweep } from '../../../src/sessions/ending/sweep.ts'
import { managedOn } from '../../sdk/managed.ts'
import type { TestDatabase } from '../../support/database.ts'
import { startPair } from '../../support/node-pair.ts'
import { expect, test } from '../../support/world.ts'

const RETENTION = 90 * 86_400

test.describe('a session that has ended', () => {
  for (const [how, end] of [
    ['by someone', 'terminate'],
    ['by time', 'expire'],
  ] as const)
    test(`keeps neither its key nor its context: ${how}`, async ({ node, database }) => {
      const { sessions } = await managedOn(node)
      const made = await sessions.createSession('user123', {
        ipAddress: '192.0.2.1',
        deviceId: 'device123',
      })
      const before = await rowOf(database, made.session.sessionId)
      expect(before).toMatchObject({ key: expect.any(Buffer), context: expect.any(Buffer) })

      if (end === 'terminate') await sessions.terminateSession(made.sessionToken)
      else {
        await database.pass('31m')
        await sweep(node.services)
      }
      const after = await rowOf(database, made.session.sessionId)
      expect(after).toEqual({ key: null, epoch: null, context: null })
    })

  test('is told of for the retention, and not found after it', async ({ node, database }) => {
    const { sessions } = await managedOn(node)
    const { sessionToken } = await sessions.createSession('user123')
    await sessions.setSessionPermissions(sessionToken, ['write'])
    await sessions.validateSession(sessionToken)
    await node.services.figures.flush()
    await sessions.terminateSession(sessionToken)

    await database.pass('89d')
    await purge(database.db, { endedFor: RETENTION })
    expect((await sessions.getSessionAnalytics(sessionToken)).validations).toBe(1)
    await database.pass('2d')
    await purge(database.db, { endedFor: RETENTION })
    await expect(sessions.getSessionAnalytics(sessionToken)).rejects.toMatchObject({
      code: 'session_not_found',
    })
    expect(await sessions.validateSession(sessionToken)).toMatchObject({ reason: 'not_found' })
    for (const table of ['session', 'session_figures', 'elevation'])
      expect([table, await count(database, table)]).toEqual([table, 0])
  })
})

test('two processes clear away together, and live sessions stay', async () => {
  test.setTimeout(120_000)
  const pair = await startPair()
  const { manager } = await managedOn(pair)
  const sessions = manager({ fetch: pair.nodes[0].fetch })
  const { sessionToken } = await sessions.createSession('user123')
  await fill(pair.database, 6_500)
  await Promise.all(pair.nodes.map((node) => node.run('database.purge')))
  expect(await count(pair.database, 'session')).toBe(1)
  expect(await sessions.validateSession(sessionToken)).toMatchObject({ isValid: true })
  await pair.close()
})

test('no statement takes more than 5,000, whatever is asked for', async ({ database }) => {
  await fill(database, 11_000)
  const counts: number[] = []
  const counted: Sql = new Proxy<Sql>(database.db, {
    get: (db, name) =>
      name === 'execute'
        ? async (...call: Parameters<Sql['execute']>) => {
            const removed = await db.execute(...call)
            if (removed > 0) counts.push(removed)
            return removed
          }
        : Reflect.get(db, name),
  })
  await purge(counted, { endedFor: RETENTION, batch: 100_000 })
  expect(counts).toEqual([5_000, 5_000, 1_000])
  expect(await count(database, 'session')).toBe(0)
})

async function rowOf({ pool }: TestDatabase, sessionId: string) {
  const text = `SELECT secret_wrapped AS key, epoch_id AS epoch, context_sealed AS context
    FROM session WHERE id = $1`
  return (await pool.query(text, [parseId('ses', sessionId)])).rows[0]
}

/** Sessions that ended long ago. */
async function fill({ pool }: TestDatabase, many: number): Promise<void> {
  await pool.query(
    `INSERT INTO session (id, kind, workspace_id, created_at, last_seen_at, absolute_end_at,
        idle_timeout, ended_at, end_cause)
      SELECT gen_random_uuid(), 'api', $1, t, t, t, 60, t, 'idle'
      FROM generate_series(1, $2), (SELECT now() - interval '91 days' AS t) past`,
    [randomUUID(), many],
  )
}

async function count({ pool }: TestDatabase, table: string): Promise<number> {
  return (await pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n
}
