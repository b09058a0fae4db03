import { randomUUID } from 'node:crypto'
import { localRootKeys } from '../../src/crypto/root-key.ts'
import type { Db } from '../../src/database/transaction.ts'
import { loadServerKeys } from '../../src/keys/data-keys.ts'
import { loadIncarnation } from '../../src/keys/incarnation.ts'
import { expect, test } from '../support/database.ts'
import { INCARNATION, NEW_ROOT, ROOT } from './given.ts'

const load = (db: Db, incarnation = INCARNATION) =>
  loadServerKeys({ db, rootKeys: ROOT, incarnation })
const PLAIN = Buffer.from('a code')

test.describe('loading the server keys', () => {
  test('makes them once and finds them again', async ({ database: { db } }) => {
    const made = await load(db)
    const sealed = made.data.seal('artifact', ['a'], PLAIN)
    const found = await load(db)

    expect(found.data.open('artifact', ['a'], sealed)).toEqual(PLAIN)
    expect(found.lookupHash('code', 'x')).toEqual(made.lookupHash('code', 'x'))
    expect(await db.prisma.serverKey.count()).toBe(2)
  })

  test('makes one set when many start for the first time at once', async ({ database: { db } }) => {
    const nodes = await Promise.all(Array.from({ length: 6 }, () => load(db)))
    const hashes = nodes.map((node) => node.lookupHash('code', 'x').toString('hex'))

    expect(new Set(hashes).size).toBe(1)
    const sealed = nodes[0]!.data.seal('artifact', ['a'], PLAIN)
    for (const node of nodes) expect(node.data.open('artifact', ['a'], sealed)).toEqual(PLAIN)
    expect(await db.prisma.serverKey.count()).toBe(2)
  })

  test('never makes new ones in place of those it cannot read', async ({ database: { db } }) => {
    await load(db)
    const rootKeys = localRootKeys([NEW_ROOT])
    const stranger = loadServerKeys({ db, rootKeys, incarnation: INCARNATION })

    await expect(stranger).rejects.toMatchObject({ code: 'unavailable' })
    expect(await db.prisma.serverKey.count()).toBe(2)
  })
})

test.describe('after a restore, in a new incarnation', () => {
  test('codes are dead and lasting things live', async ({ database: { db } }) => {
    const before = await load(db)
    const code = before.data.seal('artifact', ['a'], PLAIN)
    const factor = before.durable.seal('totp', ['u'], PLAIN)
    const after = await load(db, randomUUID())

    expect(after.data.open('artifact', ['a'], code)).toBeNull()
    expect(after.lookupHash('code', 'x')).not.toEqual(before.lookupHash('code', 'x'))
    expect(after.key('token-check')).not.toEqual(before.key('token-check'))
    expect(after.durable.open('totp', ['u'], factor)).toEqual(PLAIN)
    expect(after.durableHash('client', 'x')).toEqual(before.durableHash('client', 'x'))
  })
})

test.describe('a lookup hash', () => {
  test('differs by kind, by value and by how long it lasts', async ({ database: { db } }) => {
    const keys = await load(db)
    const hash = keys.lookupHash('code', 'x')

    expect(hash).toHaveLength(32)
    expect(keys.lookupHash('cookie', 'x')).not.toEqual(hash)
    expect(keys.lookupHash('code', 'y')).not.toEqual(hash)
    expect(keys.durableHash('code', 'x')).not.toEqual(hash)
  })

  test('takes any text a stranger may send', async ({ database: { db } }) => {
    const keys = await load(db)
    for (const text of ['', '\0', '\ud800', 'x'.repeat(100_000)])
      expect(keys.lookupHash('code', text)).toHaveLength(32)
  })
})

test.describe('a server key for one use', () => {
  test('is its own by purpose and context', async ({ database: { db } }) => {
    const keys = await load(db)
    const key = keys.key('service-token', '2026-01-01')

    expect(keys.key('service-token', '2026-01-01')).toEqual(key)
    expect(keys.key('service-token', '2026-01-02')).not.toEqual(key)
    expect(keys.key('token-check', '2026-01-01')).not.toEqual(key)
  })

  test('stays the same however many are asked for', async ({ database: { db } }) => {
    const keys = await load(db)
    const first = keys.key('service-token', 'day 0')
    for (let day = 1; day < 500; day++) keys.key('service-token', `day ${day}`)
    expect(keys.key('service-token', 'day 0')).toEqual(first)
  })
})

test.describe('the incarnation', () => {
  test('is one for all who start at once, and stays', async ({ database: { db } }) => {
    const starts = await Promise.all(Array.from({ length: 6 }, () => loadIncarnation(db)))

    expect(new Set(starts).size).toBe(1)
    expect(await loadIncarnation(db)).toBe(starts[0])
  })
})
