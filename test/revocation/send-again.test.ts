import { randomUUID } from 'node:crypto'
import type { DeliveryId } from '../../src/ids.ts'
import { sendAgain } from '../../src/revocation/send-again.ts'
import { expect, test } from './fixtures.ts'
import { deliveryRow, deliveryStates, givenClient, givenDelivery, givenDeps } from './given.ts'

const OPERATOR = { kind: 'user', id: 'admin' } as const

test.describe('sending again', () => {
  test('brings back what was set aside, with an entry', async ({ database, party, start }) => {
    const { db } = database
    const deps = await givenDeps(db)
    const statuses = [400, 200]
    const rp = await party(() => ({ status: statuses.shift() ?? 500 }))
    const client = await givenClient(deps, 'notes', rp.uri)
    const { id, workspaceId } = await givenDelivery(db, client.id)
    const deliveries = start(deps)
    await expect.poll(() => deliveryStates(db)).toEqual({ set_aside: 1 })

    await sendAgain(db, id, OPERATOR)
    deliveries.wake()
    await expect.poll(() => deliveryRow(db, id)).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(rp.received).toHaveLength(2)
    const where = { action: 'delivery.sent_again' }
    expect(await db.prisma.entry.findMany({ where })).toMatchObject([
      { actorKind: 'user', actorId: 'admin', subjectKind: 'delivery', subjectId: id, workspaceId },
    ])
  })

  test('is refused for what is on its way', async ({ database: { db } }) => {
    const deps = await givenDeps(db)
    const client = await givenClient(deps, 'notes', 'https://rp.test/logout')
    const { id } = await givenDelivery(db, client.id)
    await expect(sendAgain(db, id, OPERATOR)).rejects.toMatchObject({ code: 'conflict' })
    expect(await db.prisma.entry.count({ where: { action: 'delivery.sent_again' } })).toBe(0)
  })

  test('is refused for what never was', async ({ database: { db } }) => {
    const unknown = randomUUID() as DeliveryId
    await expect(sendAgain(db, unknown, OPERATOR)).rejects.toMatchObject({ code: 'not_found' })
  })
})
