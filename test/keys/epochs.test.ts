import { type Db, sqlTransaction } from '../../src/database/transaction.ts'
import { destroyEpochs, lockUnusedEpochs, retireEpoch } from '../../src/keys/epoch-store.ts'
import { currentEpoch, destroyUnusedEpochs } from '../../src/keys/epochs.ts'
import type { SessionKeyRow } from '../../src/keys/session-keys.ts'
import { somebodyWaits } from '../sessions/stage.ts'
import { expect, test } from '../support/database.ts'
import {
  DAY,
  endedSession,
  givenSession,
  givenWorkspace,
  insertSession,
  keyringOver,
  openTransaction,
  ROOT,
} from './given.ts'

const DAILY = { rootKeys: ROOT, epochRotation: DAY }
const current = (db: Db, workspaceId: string) =>
  sqlTransaction(db, (tx) => currentEpoch(DAILY, tx, workspaceId))
const epochsOf = (db: Db, workspaceId: string) =>
  db.prisma.epochKey.findMany({ where: { workspaceId }, orderBy: { number: 'asc' } })

test.describe('the current epoch of a workspace', () => {
  test('is made at the first need and kept for a rotation', async ({ database: { db }, pass }) => {
    const workspaceId = await givenWorkspace(db)
    const first = await current(db, workspaceId)
    await pass('23h59m')

    expect((await current(db, workspaceId)).id).toBe(first.id)
    expect(await epochsOf(db, workspaceId)).toHaveLength(1)
  })

  test('is another one in another workspace', async ({ database: { db } }) => {
    const [a, b] = [await givenWorkspace(db), await givenWorkspace(db)]
    expect((await current(db, a)).id).not.toBe((await current(db, b)).id)
  })

  test('is replaced when it is older than a rotation', async ({ database: { db }, pass }) => {
    const workspaceId = await givenWorkspace(db)
    const first = await current(db, workspaceId)
    await pass('24h1m')
    const second = await current(db, workspaceId)

    expect(second.id).not.toBe(first.id)
    expect(await epochsOf(db, workspaceId)).toMatchObject([
      { id: first.id, number: 1, retiredAt: expect.any(Date) },
      { id: second.id, number: 2, retiredAt: null },
    ])
  })

  test('is one for all who need the first at once', async ({ database: { db } }) => {
    const workspaceId = await givenWorkspace(db)
    const needed = Array.from({ length: 8 }, () => current(db, workspaceId))
    const ids = (await Promise.all(needed)).map(({ id }) => id)

    expect(new Set(ids).size).toBe(1)
    expect(await epochsOf(db, workspaceId)).toHaveLength(1)
  })

  test('is replaced once by all who find it due, and none waits', async ({
    database: { db },
    pass,
  }) => {
    const workspaceId = await givenWorkspace(db)
    const first = await current(db, workspaceId)
    await pass('25h')

    const ids = await sqlTransaction(db, async (rotating) => {
      const { id } = await currentEpoch(DAILY, rotating, workspaceId)
      const meanwhile = await current(db, workspaceId)
      return [id, meanwhile.id]
    })

    expect(ids[0]).not.toBe(first.id)
    expect(ids[1]).toBe(first.id)
    expect(await epochsOf(db, workspaceId)).toHaveLength(2)
  })

  test('is found by one who waited for its first maker', async ({ database: { db } }) => {
    const workspaceId = await givenWorkspace(db)
    const making = openTransaction(db, (tx) => currentEpoch(DAILY, tx, workspaceId))
    const made = await making.done
    const waiting = current(db, workspaceId)
    await making.commit()

    expect((await waiting).id).toBe(made.id)
  })

  test('is asked for inside a transaction only', async ({ database: { db } }) => {
    const workspaceId = await givenWorkspace(db)
    await expect(currentEpoch(DAILY, db, workspaceId)).rejects.toThrow()
  })
})

test.describe('destroying unused epochs', () => {
  test('destroys retired ones when their last session has ended', async ({
    database: { db },
    pass,
  }) => {
    const keyring = keyringOver(db)
    const workspaceId = await givenWorkspace(db)
    const [a, b] = [
      await givenSession(db, keyring, workspaceId),
      await givenSession(db, keyring, workspaceId),
    ]
    await pass('25h')

    await endedSession(db, a)
    expect(await destroyUnusedEpochs(db, DAILY)).toEqual([])
    await endedSession(db, b)
    expect(await destroyUnusedEpochs(db, DAILY)).toEqual([a.epochId])

    expect(await epochsOf(db, workspaceId)).toMatchObject([
      { id: a.epochId, wrapped: null, destroyedAt: expect.any(Date) },
    ])
    expect(await destroyUnusedEpochs(db, DAILY)).toEqual([])
  })

  test('leaves an epoch that is not due alone, though nothing uses it', async ({
    database: { db },
  }) => {
    const workspaceId = await givenWorkspace(db)
    const { id } = await current(db, workspaceId)

    expect(await destroyUnusedEpochs(db, DAILY)).toEqual([])
    expect((await current(db, workspaceId)).id).toBe(id)
  })

  test('destroys more than one batch', async ({ database: { db }, pass }) => {
    const workspaceIds = await Promise.all(Array.from({ length: 120 }, () => givenWorkspace(db)))
    for (const workspaceId of workspaceIds) await current(db, workspaceId)
    await pass('25h')

    expect(await destroyUnusedEpochs(db, DAILY)).toHaveLength(120)
  })

  test('spares an epoch whose session is just being made', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const workspaceId = await givenWorkspace(db)
    const { id } = await current(db, workspaceId)
    const creating = openTransaction(db, (tx) => insertSession(tx, keyring, workspaceId))
    const row = await creating.done
    await retireAll(db)

    const duringCreation = await destroyUnusedEpochs(db, DAILY)
    await creating.commit()
    const afterCreation = await destroyUnusedEpochs(db, DAILY)

    expect(row.epochId).toBe(id)
    expect([duringCreation, afterCreation]).toEqual([[], []])
    expect(await keyringOver(db).sessionSecret(row)).toHaveLength(32)
  })

  test('judges again under the lock: a session that came just before is seen', async ({
    database: { db },
  }) => {
    const keyring = keyringOver(db)
    const workspaceId = await givenWorkspace(db)
    const { id } = await current(db, workspaceId)
    const creating = openTransaction(db, (tx) => insertSession(tx, keyring, workspaceId))
    await creating.done
    await retireAll(db)

    // Its first statement has looked before the creation commits, its second one looks after.
    const destroyed = await sqlTransaction(db, async (tx) => {
      await tx.query({ name: 'test_snapshot', text: 'SELECT count(*) FROM session' })
      await creating.commit()
      expect(await lockUnusedEpochs(tx, 10)).toEqual([])
      return destroyEpochs(tx, [id])
    })
    expect(destroyed).toEqual([])
  })

  test('sends a creation that came too late to a new epoch', async ({ database }) => {
    const { db } = database
    const keyring = keyringOver(db)
    const workspaceId = await givenWorkspace(db)
    const old = await current(db, workspaceId)
    const destroying = openTransaction(db, async (tx) => {
      await retireEpoch(tx, old.id)
      await lockUnusedEpochs(tx, 10)
      return destroyEpochs(tx, [old.id])
    })
    expect(await destroying.done).toEqual([old.id])

    const created = givenSession(db, keyring, workspaceId)
    await somebodyWaits({ database }, created)
    await destroying.commit()

    const row = await created
    expect(row.epochId).not.toBe(old.id)
    expect(await keyringOver(db).sessionSecret(row)).toHaveLength(32)
  })

  test('never takes the key of a live session, whoever comes when', async ({
    database: { db },
    pass,
  }) => {
    const restless = { epochRotation: 0.005 }
    const nodes = [keyringOver(db, restless), keyringOver(db, restless)]
    const workspaceId = await givenWorkspace(db)
    const [live, destroyed]: [SessionKeyRow[], string[]] = [[], []]
    let isOver = false
    // One that is due and unused before anybody comes: it goes, whatever the others meet.
    const first = await givenSession(db, nodes[0]!, workspaceId)
    await endedSession(db, first)
    await pass('1s')

    const creators = Array.from({ length: 6 }, async (_, index) => {
      for (let count = 0; count < 15; count++) {
        const row = await givenSession(db, nodes[index % 2]!, workspaceId)
        if (count % 2 === 0) live.push(row)
        else await endedSession(db, row)
      }
    })
    const destroyers = Array.from({ length: 2 }, async () => {
      while (!isOver) destroyed.push(...(await destroyUnusedEpochs(db, restless)))
    })
    await Promise.all(creators).finally(() => {
      isOver = true
    })
    await Promise.all(destroyers)

    const cold = keyringOver(db)
    for (const row of live) expect(await cold.sessionSecret(row)).toHaveLength(32)
    expect(live).toHaveLength(48)
    expect(destroyed).toContain(first.epochId)
  })
})

async function retireAll(db: Db): Promise<void> {
  await db.prisma.epochKey.updateMany({ data: { retiredAt: new Date() } })
}
