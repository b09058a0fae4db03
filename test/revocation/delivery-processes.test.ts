import { decodeJwt } from 'jose'
import type { Sql } from '../../src/database/sql.ts'
import { formatId } from '../../src/ids.ts'
import { expect, test } from './fixtures.ts'
import { deliveryRow, deliveryStates, givenClient, givenDelivery, givenDeps } from './given.ts'
import type { Answer } from './relying-party.ts'
import { verified } from './verified.ts'

test.describe('a process that dies', () => {
  test('before the answer loses nothing', async ({ database, pass, party, worker }) => {
    const { db } = database
    const deps = await givenDeps(db)
    const answers: (Answer | null)[] = [null, { status: 200 }]
    const rp = await party(() => answers.shift() ?? null)
    const client = await givenClient(deps, 'notes', rp.uri)
    const { id } = await givenDelivery(db, client.id)
    const doomed = await worker()
    await expect.poll(() => rp.received).toHaveLength(1)
    await doomed.kill()

    await worker()
    expect(await deliveryRow(db, id)).toMatchObject({ state: 'pending', attempts: 1 })
    await pass('30s')
    await expect.poll(() => deliveryRow(db, id)).toMatchObject({ state: 'delivered', attempts: 2 })
    expect(new Set(rp.received.map(({ token }) => decodeJwt(token).jti)).size).toBe(2)
  })

  test('between the acceptance and its record repeats it with a new jti', async ({
    database,
    pass,
    party,
    worker,
  }) => {
    const { db, pool } = database
    const deps = await givenDeps(db)
    const holder = await pool.connect()
    // Whoever would write the outcome waits for this lock.
    const hold = async () => {
      await holder.query('BEGIN')
      await holder.query('SELECT FROM delivery FOR UPDATE')
    }
    const rp = await party(async () => {
      if (rp.received.length === 1) await hold()
      return { status: 200 }
    })
    const client = await givenClient(deps, 'notes', rp.uri)
    const { id } = await givenDelivery(db, client.id)
    const doomed = await worker()
    await expect.poll(() => waiting(db)).toBe(1)
    await doomed.kill()
    // Its connection would still write once the lock is free; a machine that dies takes it along.
    await holder.query(TERMINATE_WAITING)
    await expect.poll(() => waiting(db)).toBe(0)
    await holder.query('ROLLBACK')
    holder.release()

    await expect.poll(() => deliveryRow(db, id)).toMatchObject({ state: 'pending', attempts: 1 })
    await worker()
    await pass('30s')
    await expect.poll(() => deliveryRow(db, id)).toMatchObject({ state: 'delivered', attempts: 2 })
    expect(rp.received).toHaveLength(2)
    for (const { token } of rp.received) await verified(deps, token, 'notes')
    expect(new Set(rp.received.map(({ token }) => decodeJwt(token).jti)).size).toBe(2)
  })
})

test.describe('two processes', () => {
  test('send each delivery once', async ({ database, party, worker }) => {
    const { db } = database
    const deps = await givenDeps(db)
    const slow = () => new Promise<Answer>((answer) => setTimeout(answer, 10, { status: 204 }))
    const parties = await Promise.all([1, 2, 3, 4, 5].map(() => party(slow)))
    const deliveries: string[] = []
    for (const [number, rp] of parties.entries()) {
      const client = await givenClient(deps, `client${number}`, rp.uri)
      for (let times = 0; times < 20; times += 1)
        deliveries.push(formatId('ses', (await givenDelivery(db, client.id)).sessionId))
    }

    const workers = await Promise.all([worker(), worker()])
    await expect.poll(() => deliveryStates(db)).toEqual({ delivered: 100 })
    const received = parties.flatMap((rp) => rp.received)
    expect(received.map(({ token }) => String(decodeJwt(token).sid)).toSorted()).toEqual(
      deliveries.toSorted(),
    )
    for (const process of workers) expect(await process.stop()).toBe(0)
  })
})

const TERMINATE_WAITING = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`

/** How many statements wait for a lock in this database. */
async function waiting(db: Sql): Promise<number> {
  const [row] = await db.query<{ count: number }>({
    name: 'test_waiting',
    text: `
      SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  })
  return row?.count ?? 0
}
