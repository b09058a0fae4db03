import type { ClaimedDelivery } from '../../src/revocation/delivery.ts'
import { claimDeliveries, findDue } from '../../src/revocation/delivery-store.ts'
import type { Outcome } from '../../src/revocation/outcome.ts'
import { recordOutcome } from '../../src/revocation/record-outcome.ts'
import type { TestDatabase } from '../support/database.ts'
import { expect, test } from './fixtures.ts'
import { deliveryRow, givenClient, givenDelivery, givenDeps } from './given.ts'

const LEASE = 30
const HOUR = 3_600

async function claimed({ db }: TestDatabase): Promise<ClaimedDelivery> {
  const client = await givenClient(await givenDeps(db), 'notes', 'https://rp.test/logout')
  const { id } = await givenDelivery(db, client.id)
  const [delivery] = await claimDeliveries(db, [id], LEASE)
  return delivery!
}

test.describe('a claim', () => {
  test('hides a delivery from all others until its lease is over', async ({ database, pass }) => {
    const { db } = database
    const { id } = await claimed(database)
    expect(await findDue(db, [], 10)).toEqual([])
    expect(await claimDeliveries(db, [id], LEASE)).toEqual([])

    await pass('29s')
    expect(await findDue(db, [], 10)).toEqual([])
    await pass('2s')
    expect(await claimDeliveries(db, [id], LEASE)).toMatchObject([{ id, attempts: 2 }])
  })

  test('raced for by twenty has one winner', async ({ database: { db } }) => {
    const client = await givenClient(await givenDeps(db), 'notes', 'https://rp.test/logout')
    const { id } = await givenDelivery(db, client.id)
    const races = Array.from({ length: 20 }, () => claimDeliveries(db, [id], LEASE))
    expect((await Promise.all(races)).flat()).toHaveLength(1)
  })
})

test.describe('recording an outcome', () => {
  const outcomes: readonly Outcome[] = [
    'delivered',
    { failure: 'timeout', retry: true },
    { failure: 'status_400', retry: false },
  ]
  for (const outcome of outcomes)
    test(`changes nothing when the lease was lost: ${JSON.stringify(outcome)}`, async ({
      database,
      pass,
    }) => {
      const { db } = database
      const delivery = await claimed(database)
      await pass('31s')
      await claimDeliveries(db, [delivery.id], LEASE)

      expect(await recordOutcome(db, HOUR, { delivery, outcome })).toBeNull()
      expect(await deliveryRow(db, delivery.id)).toMatchObject({
        state: 'pending',
        attempts: 2,
        lastFailure: null,
      })
      expect(await db.prisma.entry.count({ where: { action: 'delivery.set_aside' } })).toBe(0)
    })

  test('clears the failure of an earlier attempt', async ({ database, pass }) => {
    const { db } = database
    const first = await claimed(database)
    await recordOutcome(db, HOUR, {
      delivery: first,
      outcome: { failure: 'timeout', retry: true },
    })
    await pass('6s')
    const [second] = await claimDeliveries(db, [first.id], LEASE)
    await recordOutcome(db, HOUR, { delivery: second!, outcome: 'delivered' })
    expect(await deliveryRow(db, first.id)).toMatchObject({
      state: 'delivered',
      lastFailure: null,
    })
  })
})
