import type { Db } from '../../src/database/transaction.ts'
import { loadServerKeys } from '../../src/keys/data-keys.ts'
import {
  dataKeyStatus,
  destroyUnusedDataKeys,
  rotateDataKey,
} from '../../src/keys/rotate-data-key.ts'
import { rotateSigningKeys, signingKeysNow } from '../../src/keys/signing-keys.ts'
import { expect, test } from '../support/database.ts'
import { DAY, INCARNATION, ROOT } from './given.ts'

const by = { kind: 'operator' } as const
const PLAIN = Buffer.from('a code')
const POLICY = { rotation: DAY, jwksMaxAge: 300, maxTokenLifetime: 3600, margin: 60 }

const load = (db: Db) => loadServerKeys({ db, rootKeys: ROOT, incarnation: INCARNATION })
const rotate = (db: Db) => rotateDataKey({ db, rootKeys: ROOT }, by)
const versionOf = (sealed: Buffer) => sealed.readUInt16BE(1)

async function states(db: Db): Promise<unknown[]> {
  return (await dataKeyStatus(db)).map(({ version, state }) => [version, state])
}

test.describe('a new data key', () => {
  test('is announced before it seals, so that every node can open with it', async ({
    database: { db },
    pass,
  }) => {
    const [one, other] = [await load(db), await load(db)]
    const announced = await rotate(db)
    expect(announced?.version).toBe(2)
    expect(await states(db)).toEqual([
      [1, 'active'],
      [2, 'announced'],
    ])
    await one.refresh()
    expect(versionOf(one.data.seal('artifact', ['a'], PLAIN))).toBe(1)

    await pass('61s')
    await Promise.all([one.refresh(), other.refresh()])
    const sealed = one.data.seal('artifact', ['a'], PLAIN)
    expect(versionOf(sealed)).toBe(2)
    expect(other.data.open('artifact', ['a'], sealed)).toEqual(PLAIN)
  })

  test('leaves what older ones sealed readable, on nodes of before and after', async ({
    database: { db },
    pass,
  }) => {
    const before = await load(db)
    const [code, factor] = [
      before.data.seal('artifact', ['a'], PLAIN),
      before.durable.seal('totp', ['u'], PLAIN),
    ]
    await rotate(db)
    await pass('61s')
    await before.refresh()
    for (const keys of [before, await load(db)]) {
      expect(keys.data.open('artifact', ['a'], code)).toEqual(PLAIN)
      expect(keys.durable.open('totp', ['u'], factor)).toEqual(PLAIN)
    }
  })

  test('leaves lookups as they are', async ({ database: { db }, pass }) => {
    const keys = await load(db)
    const hash = keys.lookupHash('code', 'x')
    await rotate(db)
    await pass('61s')
    await keys.refresh()
    expect(keys.lookupHash('code', 'x')).toEqual(hash)
    expect((await load(db)).lookupHash('code', 'x')).toEqual(hash)
  })

  test('is one, however many ask for it at once', async ({ database: { db, pool } }) => {
    await load(db)
    const asked = await Promise.all(Array.from({ length: 6 }, () => rotate(db)))
    expect(asked.filter((one) => one !== null)).toHaveLength(1)
    expect(await rotate(db)).toBeNull()
    const { rows } = await pool.query(
      "SELECT actor_kind, detail FROM entry WHERE action = 'data_key.announced'",
    )
    expect(rows).toEqual([{ actor_kind: 'operator', detail: { version: 2 } }])
  })
})

test.describe('an old data key', () => {
  test('stays while a signing key needs it, and goes when nothing does', async ({
    database: { db, pool },
    pass,
  }) => {
    const serverKeys = await load(db)
    await rotateSigningKeys({ db, serverKeys }, { algs: ['ES256'], policy: POLICY })
    await rotate(db)
    await pass('2h')
    expect(await destroyUnusedDataKeys(db)).toEqual([])
    expect((await signingKeysNow({ db, serverKeys: await load(db) })).active).toHaveLength(1)
    expect(await dataKeyStatus(db)).toMatchObject([
      { version: 1, state: 'old', sealed: 1 },
      { version: 2, state: 'active', sealed: 0 },
    ])

    await pool.query('UPDATE signing_key SET private_sealed = NULL')
    const sealed = serverKeys.data.seal('artifact', ['a'], PLAIN)
    expect(await destroyUnusedDataKeys(db)).toEqual([1])
    await serverKeys.refresh()
    expect(serverKeys.data.open('artifact', ['a'], sealed)).toBeNull()
    expect(await states(db)).toEqual([[2, 'active']])
  })

  test('stays while a node that lags may still seal with it', async ({
    database: { db },
    pass,
  }) => {
    await load(db)
    await rotate(db)
    await pass('30m')
    expect(await destroyUnusedDataKeys(db)).toEqual([])
  })

  test('is never the last one', async ({ database: { db }, pass }) => {
    await load(db)
    await pass('365d')
    expect(await destroyUnusedDataKeys(db)).toEqual([])
  })
})
