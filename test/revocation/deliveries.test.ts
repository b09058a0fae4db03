import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { openDatabase } from '../../src/database/database.ts'
import { formatId } from '../../src/ids.ts'
import { QUIET, SMALL } from '../support/database-address.ts'
import { openProxy } from '../support/database-proxy.ts'
import { expect, test } from './fixtures.ts'
import { deliveryRow, deliveryStates, givenClient, givenDelivery, givenDeps } from './given.ts'
import type { Answer } from './relying-party.ts'
import { verified } from './verified.ts'

test.describe('delivering the end of a session', () => {
  test('tells the client who left which session', async ({ database, party, start }) => {
    const deps = await givenDeps(database.db)
    const rp = await party()
    const client = await givenClient(deps, 'notes', rp.uri)
    const delivery = await givenDelivery(database.db, client.id)
    start(deps)

    await expect.poll(() => deliveryStates(database.db)).toEqual({ delivered: 1 })
    const { payload, protectedHeader } = await verified(deps, rp.received[0]!.token, 'notes')
    expect(payload.sub).toBe(formatId('usr', delivery.userId))
    expect(payload.sid).toBe(formatId('ses', delivery.sessionId))
    expect(protectedHeader.alg).toBe('ES256')
    expect(rp.received).toHaveLength(1)
  })

  test('signs as the client asked and calls people by its own names', async ({
    database: { db },
    party,
    start,
  }) => {
    const deps = await givenDeps(db)
    const rp = await party()
    const metadata = { subject_type: 'pairwise', id_token_signed_response_alg: 'RS256' } as const
    const client = await givenClient(deps, 'notes', rp.uri, metadata)
    await givenDelivery(db, client.id)
    start(deps)

    await expect.poll(() => rp.received).toHaveLength(1)
    const { payload, protectedHeader } = await verified(deps, rp.received[0]!.token, 'notes')
    expect(protectedHeader.alg).toBe('RS256')
    expect(payload.sub).toMatch(/^[\w-]{32}$/)
    expect(payload.sid).toMatch(/^[\w-]{32}$/)
  })

  test('names the session alone to a client that tells sessions apart (§2.4)', async ({
    database: { db },
    party,
    start,
  }) => {
    const deps = await givenDeps(db)
    const rp = await party()
    const metadata = { backchannel_logout_session_required: true }
    const client = await givenClient(deps, 'notes', rp.uri, metadata)
    const { sessionId } = await givenDelivery(db, client.id)
    start(deps)

    await expect.poll(() => rp.received).toHaveLength(1)
    const { payload } = await verified(deps, rp.received[0]!.token, 'notes')
    expect(payload.sid).toBe(formatId('ses', sessionId))
    expect(payload).not.toHaveProperty('sub')
  })

  test('names an offline session alone, whatever its client knows people by', async ({
    database: { db },
    party,
    start,
  }) => {
    const deps = await givenDeps(db)
    const rp = await party()
    const client = await givenClient(deps, 'notes', rp.uri)
    const { sessionId } = await givenDelivery(db, client.id, 'offline')
    start(deps)

    await expect.poll(() => rp.received).toHaveLength(1)
    const { payload } = await verified(deps, rp.received[0]!.token, 'notes')
    expect(payload.sid).toBe(formatId('ses', sessionId))
    expect(payload).not.toHaveProperty('sub')
  })

  test('goes on, with a new jti each time, until the client is back', async ({
    database: { db },
    pass,
    party,
    start,
  }) => {
    const deps = await givenDeps(db)
    const answers: Answer[] = [{ status: 503 }, { status: 503 }, { status: 503 }, { status: 200 }]
    const rp = await party(() => answers.shift()!)
    const client = await givenClient(deps, 'notes', rp.uri)
    const { id } = await givenDelivery(db, client.id)
    start(deps)

    for (const [failed, wait] of [5, 30, 120].entries()) {
      await expect.poll(() => deliveryRow(db, id)).toMatchObject({ lastFailure: 'status_503' })
      await expect.poll(async () => (await deliveryRow(db, id)).attempts).toBe(failed + 1)
      await expect
        .poll(async () => Math.abs((await deliveryRow(db, id)).due - wait))
        .toBeLessThan(4)
      await pass(`${wait}s`)
    }
    await expect.poll(() => deliveryRow(db, id)).toMatchObject({ state: 'delivered', attempts: 4 })
    expect(rp.received).toHaveLength(4)
    const tokens = await Promise.all(rp.received.map(({ token }) => verified(deps, token, 'notes')))
    expect(new Set(tokens.map(({ payload }) => payload.jti)).size).toBe(4)
  })

  test('waits as long as a busy client asks, and no shorter than ever', async ({
    database: { db },
    party,
    start,
  }) => {
    const deps = await givenDeps(db)
    const patient = await party(() => ({ status: 429, headers: { 'retry-after': '700' } }))
    const eager = await party(() => ({ status: 429, headers: { 'retry-after': '0' } }))
    const later = await givenDelivery(db, (await givenClient(deps, 'a', patient.uri)).id)
    const sooner = await givenDelivery(db, (await givenClient(deps, 'b', eager.uri)).id)
    start(deps)

    await expect.poll(() => deliveryRow(db, later.id)).toMatchObject({ lastFailure: 'status_429' })
    await expect.poll(() => deliveryRow(db, sooner.id)).toMatchObject({ lastFailure: 'status_429' })
    expect(Math.abs((await deliveryRow(db, later.id)).due - 700)).toBeLessThan(5)
    expect(Math.abs((await deliveryRow(db, sooner.id)).due - 5)).toBeLessThan(5)
  })

  test('starts at once when it is woken', async ({ database: { db }, party, start }) => {
    const deps = await givenDeps(db)
    const rp = await party()
    const client = await givenClient(deps, 'notes', rp.uri)
    const deliveries = start(deps)

    const waits: number[] = []
    for (let times = 1; times <= 4; times += 1) {
      await givenDelivery(db, client.id)
      const left = performance.now()
      deliveries.wake()
      await expect.poll(() => rp.received, { intervals: [10] }).toHaveLength(times)
      waits.push(rp.received.at(-1)!.at - left)
    }
    // The look after the last delivery was a moment ago, and the next by itself is a second away.
    expect(Math.min(...waits)).toBeLessThan(800)
  })

  test('finishes what it began before it stops', async ({ database: { db }, party, start }) => {
    const deps = await givenDeps(db)
    const answer = Promise.withResolvers<Answer>()
    const rp = await party(() => answer.promise)
    const client = await givenClient(deps, 'notes', rp.uri)
    const { id } = await givenDelivery(db, client.id)
    const deliveries = start(deps)
    await expect.poll(() => rp.received).toHaveLength(1)

    const stopped = deliveries.stop()
    const later = await givenDelivery(db, client.id)
    answer.resolve({ status: 200 })
    await stopped
    expect(await deliveryRow(db, id)).toMatchObject({ state: 'delivered' })
    expect(await deliveryRow(db, later.id)).toMatchObject({ state: 'pending', attempts: 0 })
  })

  test('makes nobody wait for a client that hangs', async ({ database: { db }, party, start }) => {
    const deps = await givenDeps(db, { timeout: 60 })
    const hanging = await party(() => null)
    const first = await givenClient(deps, 'first', hanging.uri)
    const second = await givenClient(deps, 'second', `${hanging.uri}&other`)
    for (let times = 0; times < 70; times += 1) {
      await givenDelivery(db, first.id)
      await givenDelivery(db, second.id)
    }
    const healthy = await party()
    const client = await givenClient(deps, 'healthy', healthy.uri)
    for (let times = 0; times < 20; times += 1) await givenDelivery(db, client.id)

    const deliveries = start(deps)
    await expect.poll(() => healthy.received).toHaveLength(20)
    // Nobody has given up on the one that hangs.
    expect(await db.prisma.delivery.count({ where: { lastFailure: { not: null } } })).toBe(0)
    expect(hanging.most()).toBe(2)
    await hanging.close()
    await deliveries.stop()
  })

  test('writes what was accepted although the database was away', async ({
    database,
    party,
    start,
  }) => {
    const proxy = await openProxy(database.url)
    const through = openDatabase({ ...SMALL, url: proxy.url }, QUIET)
    const deps = await givenDeps(database.db)
    const rp = await party(async () => {
      await proxy.goDown()
      return { status: 200 }
    })
    const client = await givenClient(deps, 'notes', rp.uri)
    const { id } = await givenDelivery(database.db, client.id)
    const deliveries = start({ ...deps, db: through.db })
    await expect.poll(() => rp.received).toHaveLength(1)

    expect(await deliveryRow(database.db, id)).toMatchObject({ state: 'pending' })
    await proxy.comeUp()
    await expect.poll(() => deliveryRow(database.db, id)).toMatchObject({ state: 'delivered' })
    expect(rp.received).toHaveLength(1)
    await deliveries.stop()
    await through.close()
    await proxy.goDown()
  })
})

test.describe('setting aside', () => {
  const refused: readonly [string, Answer][] = [
    ['status_400', { status: 400 }],
    ['status_404', { status: 404 }],
    ['status_302', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ]
  for (const [failure, answer] of refused)
    test(`happens at once on ${failure}, with an entry`, async ({ database, party, start }) => {
      const { db } = database
      const deps = await givenDeps(db)
      const rp = await party(() => answer)
      const client = await givenClient(deps, 'notes', rp.uri)
      const { id, workspaceId } = await givenDelivery(db, client.id)
      start(deps)

      await expect.poll(() => deliveryStates(db)).toEqual({ set_aside: 1 })
      expect(await deliveryRow(db, id)).toMatchObject({ attempts: 1, lastFailure: failure })
      const where = { action: 'delivery.set_aside' }
      expect(await db.prisma.entry.findMany({ where })).toMatchObject([
        {
          actorKind: 'system',
          subjectKind: 'delivery',
          subjectId: id,
          workspaceId,
          detail: { client_id: 'notes', failure, attempts: 1 },
        },
      ])
    })

  test('happens when three days were not enough', async ({ database, pass, party, start }) => {
    const { db } = database
    const deps = await givenDeps(db)
    const rp = await party(() => ({ status: 503 }))
    const client = await givenClient(deps, 'notes', rp.uri)
    const { id } = await givenDelivery(db, client.id)
    await db.prisma.delivery.update({ where: { id }, data: { attempts: 74 } })
    start(deps)

    await expect.poll(() => deliveryRow(db, id)).toMatchObject({ attempts: 75, state: 'pending' })
    await expect.poll(async () => (await deliveryRow(db, id)).due).toBeGreaterThan(3_500)
    await pass('1h')
    await expect
      .poll(() => deliveryRow(db, id))
      .toMatchObject({
        attempts: 76,
        state: 'set_aside',
        lastFailure: 'status_503',
      })
  })

  test('happens to what has nowhere to go', async ({ database: { db }, party, start }) => {
    const deps = await givenDeps(db)
    const rp = await party()
    const gone = await givenClient(deps, 'gone', rp.uri)
    const silent = await givenClient(deps, 'silent')
    const inside = await givenClient(deps, 'inside', 'https://10.0.0.1/logout')
    const made: string[] = []
    for (const client of [gone, silent, inside]) made.push((await givenDelivery(db, client.id)).id)
    await db.prisma.client.delete({ where: { id: gone.id } })
    start(deps)

    await expect.poll(() => deliveryStates(db)).toEqual({ set_aside: 3 })
    const rows = await Promise.all(made.map((id) => deliveryRow(db, id)))
    expect(rows.map(({ lastFailure }) => lastFailure)).toEqual([
      'client_gone',
      'no_logout_uri',
      'address_forbidden',
    ])
    expect(rp.received).toEqual([])
  })

  test('spares what a bug of ours kept from leaving', async ({ database, party, start }) => {
    const { db } = database
    const deps = await givenDeps(db)
    const rp = await party()
    const client = await givenClient(deps, 'notes', rp.uri)
    const { id } = await givenDelivery(db, client.id)
    start({ ...deps, signingKeys: async () => ({ active: [] }) })

    await expect.poll(() => deliveryRow(db, id)).toMatchObject({ lastFailure: 'internal_error' })
    expect(await deliveryRow(db, id)).toMatchObject({ state: 'pending', attempts: 1 })
    expect(deps.errors).toHaveLength(1)
  })
})

test.describe('monitoring', () => {
  test('hears what became of each attempt', async ({ database: { db }, party, start }) => {
    const heard: unknown[] = []
    const listen = (message: unknown) => heard.push(message)
    subscribe('sojourn:outcome', listen)
    const deps = await givenDeps(db)
    for (const status of [200, 503, 400]) {
      const rp = await party(() => ({ status }))
      const client = await givenClient(deps, `client${status}`, rp.uri)
      await givenDelivery(db, client.id)
    }
    start(deps)

    await expect.poll(() => heard).toHaveLength(3)
    unsubscribe('sojourn:outcome', listen)
    const kind = 'delivery'
    expect(heard).toContainEqual({ kind, outcome: 'delivered', failure: null, attempts: 1 })
    expect(heard).toContainEqual({ kind, outcome: 'retry', failure: 'status_503', attempts: 1 })
    expect(heard).toContainEqual({ kind, outcome: 'set_aside', failure: 'status_400', attempts: 1 })
  })
})
