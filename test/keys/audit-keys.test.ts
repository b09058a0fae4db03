import { sqlTransaction } from '../../src/database/transaction.ts'
import { createAuditKeys, destroyAuditKeys } from '../../src/keys/audit-keys.ts'
import { expect, test } from '../support/database.ts'
import { countingRoot, givenWorkspace, ROOT } from './given.ts'

const CONTEXT = { address: '203.0.113.77' }
const JANUARY = new Date('2026-01-31T23:59:59Z')
const FEBRUARY = new Date('2026-02-01T00:00:00Z')

test.describe('audit keys', () => {
  test('seal the context of an entry so that any node opens it', async ({ database: { db } }) => {
    const workspaceId = await givenWorkspace(db)
    const sealed = await createAuditKeys({ rootKeys: ROOT }).seal(
      db,
      { workspaceId, at: JANUARY },
      CONTEXT,
    )

    expect(sealed.bytes.includes('203.0.113.77')).toBe(false)
    expect(await createAuditKeys({ rootKeys: ROOT }).open(db, sealed)).toEqual(CONTEXT)
  })

  test('are one for each workspace and month, and one for no workspace', async ({
    database: { db },
  }) => {
    const keys = createAuditKeys({ rootKeys: ROOT })
    const workspaceId = await givenWorkspace(db)
    const moments = [
      { workspaceId, at: JANUARY },
      { workspaceId, at: FEBRUARY },
      { workspaceId: null, at: JANUARY },
    ]
    const ids = []
    for (const moment of [...moments, ...moments])
      ids.push((await keys.seal(db, moment, CONTEXT)).keyId)

    expect(new Set(ids).size).toBe(3)
    expect(ids.slice(3)).toEqual(ids.slice(0, 3))
  })

  test('are one for all who need the first at once', async ({ database: { db } }) => {
    const nodes = Array.from({ length: 6 }, () => createAuditKeys({ rootKeys: ROOT }))
    const moment = { workspaceId: null, at: JANUARY }
    const sealed = await Promise.all(nodes.map((keys) => keys.seal(db, moment, CONTEXT)))

    expect(new Set(sealed.map(({ keyId }) => keyId)).size).toBe(1)
    for (const one of sealed) expect(await nodes[0]!.open(db, one)).toEqual(CONTEXT)
  })

  test('never outlive the transaction that made them and failed', async ({ database: { db } }) => {
    const keys = createAuditKeys({ rootKeys: ROOT })
    const moment = { workspaceId: null, at: JANUARY }
    const failing = sqlTransaction(db, async (tx) => {
      await keys.seal(tx, moment, CONTEXT)
      await keys.seal(tx, moment, CONTEXT)
      throw new RangeError('no')
    })
    await expect(failing).rejects.toThrow(RangeError)

    const sealed = await keys.seal(db, moment, CONTEXT)
    expect(await createAuditKeys({ rootKeys: ROOT }).open(db, sealed)).toEqual(CONTEXT)
  })

  test('ask the root key once a month', async ({ database: { db } }) => {
    const rootKeys = countingRoot()
    const keys = createAuditKeys({ rootKeys })
    for (let i = 0; i < 5; i++) await keys.seal(db, { workspaceId: null, at: JANUARY }, CONTEXT)

    expect(rootKeys.unwraps).toBe(1)
  })

  test('are destroyed with their month, and what they sealed with them', async ({
    database: { db },
  }) => {
    const keys = createAuditKeys({ rootKeys: ROOT })
    const january = await keys.seal(db, { workspaceId: null, at: JANUARY }, CONTEXT)
    const february = await keys.seal(db, { workspaceId: null, at: FEBRUARY }, CONTEXT)

    expect(await destroyAuditKeys(db, new Date('2026-02-15T00:00:00Z'))).toBe(1)
    expect(await keys.open(db, january)).toBeNull()
    expect(await keys.open(db, february)).toEqual(CONTEXT)
  })

  test('open nothing that was altered', async ({ database: { db } }) => {
    const keys = createAuditKeys({ rootKeys: ROOT })
    const { keyId, bytes } = await keys.seal(db, { workspaceId: null, at: JANUARY }, CONTEXT)
    bytes[20]! ^= 1

    expect(await keys.open(db, { keyId, bytes })).toBeNull()
  })
})
