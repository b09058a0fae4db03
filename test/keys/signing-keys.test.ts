import { inspect } from 'node:util'
import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose'
import type { Db } from '../../src/database/transaction.ts'
import { loadServerKeys } from '../../src/keys/data-keys.ts'
import {
  rotateNow,
  rotateSigningKeys,
  type SigningKeySet,
  type SigningRotation,
  signingKeysNow,
} from '../../src/keys/signing-keys.ts'
import { expect, test } from '../support/database.ts'
import { DAY, INCARNATION, ROOT } from './given.ts'

const POLICY = { rotation: 30 * DAY, jwksMaxAge: 300, maxTokenLifetime: 3600, margin: 60 }
const ES256: SigningRotation = { algs: ['ES256'], policy: POLICY }

/** A node of its own, with keys that it loaded itself. */
async function nodeOn(db: Db) {
  return { db, serverKeys: await loadServerKeys({ db, rootKeys: ROOT, incarnation: INCARNATION }) }
}

test.describe('signing keys', () => {
  test('begin with one that signs at once', async ({ database: { db } }) => {
    const node = await nodeOn(db)
    const [announced] = await rotateSigningKeys(node, ES256)
    const keys = await signingKeysNow(node)

    expect(keys.active).toMatchObject([{ kid: announced?.kid, alg: 'ES256' }])
    await expect(verified(await signed(keys), keys)).resolves.toBe('somebody')
  })

  for (const [alg, members] of [
    ['ES256', ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']],
    ['RS256', ['alg', 'e', 'kid', 'kty', 'n', 'use']],
  ] as const)
    test(`publish nothing private of ${alg}`, async ({ database: { db } }) => {
      const node = await nodeOn(db)
      await rotateSigningKeys(node, { ...ES256, algs: [alg] })
      const keys = await signingKeysNow(node)

      expect(Object.keys(keys.published[0]!).toSorted()).toEqual(members)
      await expect(verified(await signed(keys), keys)).resolves.toBe('somebody')
      const { d } = keys.active[0]!.privateKey.export({ format: 'jwk' })
      const stored = await db.prisma.signingKey.findFirstOrThrow()
      expect(inspect([keys, stored], { depth: 9 })).not.toContain(d)
    })

  test('are one for all nodes that start at once', async ({ database: { db } }) => {
    const nodes = await Promise.all([nodeOn(db), nodeOn(db), nodeOn(db), nodeOn(db)])
    const runs = nodes.map((node) => rotateSigningKeys(node, ES256))
    const announced = (await Promise.all(runs)).flat()

    expect(announced).toHaveLength(1)
    expect(await db.prisma.signingKey.count()).toBe(1)
    const seen = await Promise.all(nodes.map(signingKeysNow))
    expect(new Set(seen.map(({ version }) => version)).size).toBe(1)
  })

  test('are announced once by nodes that rotate at once', async ({ database: { db }, pass }) => {
    const nodes = await Promise.all([nodeOn(db), nodeOn(db), nodeOn(db)])
    await rotateSigningKeys(nodes[0]!, ES256)
    await pass('30 days')
    const runs = nodes.map((node) => rotateSigningKeys(node, ES256))
    const announced = (await Promise.all(runs)).flat()

    expect(announced).toHaveLength(1)
    expect(await db.prisma.signingKey.count()).toBe(2)
  })

  test('take turns: announced, active, retired, removed', async ({ database: { db }, pass }) => {
    const node = await nodeOn(db)
    await rotateSigningKeys(node, ES256)
    const first = await signingKeysNow(node)
    const old = first.active[0]!.kid
    await pass('30 days')
    const [next] = await rotateSigningKeys(node, ES256)

    const announced = await signingKeysNow(node)
    expect(announced.active).toMatchObject([{ kid: old }])
    expect(kidsOf(announced)).toEqual([old, next?.kid])
    expect(announced.version).not.toBe(first.version)

    await pass('359s')
    expect((await signingKeysNow(node)).active).toMatchObject([{ kid: old }])
    const lastToken = await signed(await signingKeysNow(node))

    await pass('1s')
    const active = await signingKeysNow(node)
    expect(active.active).toMatchObject([{ kid: next?.kid }])
    expect(active.version).not.toBe(announced.version)
    await expect(verified(lastToken, active)).resolves.toBe('somebody')

    await pass('3959s')
    await expect(verified(lastToken, await signingKeysNow(node))).resolves.toBe('somebody')
    await pass('1s')
    expect(kidsOf(await signingKeysNow(node))).toEqual([next?.kid])
  })

  test('lose their private half when no node can sign with it', async ({
    database: { db },
    pass,
  }) => {
    const node = await nodeOn(db)
    const [old] = await rotateSigningKeys(node, ES256)
    await rotateNow(node, ES256)
    const privateHalf = async () => {
      await rotateSigningKeys(node, ES256)
      const row = await db.prisma.signingKey.findUniqueOrThrow({ where: { kid: old!.kid } })
      return row.privateSealed
    }

    await pass('419s')
    expect(await privateHalf()).not.toBeNull()
    await pass('1s')
    expect(await privateHalf()).toBeNull()
  })

  test('lose it also when no job has run for long', async ({ database: { db }, pass }) => {
    const node = await nodeOn(db)
    await rotateSigningKeys(node, ES256)
    await rotateNow(node, ES256)
    await pass('20 days')
    await rotateSigningKeys(node, ES256)

    const kept = await db.prisma.signingKey.count({ where: { NOT: { privateSealed: null } } })
    expect(kept).toBe(1)
  })

  test('rotate at the operator’s wish, a cache time later, and once', async ({
    database: { db },
  }) => {
    const node = await nodeOn(db)
    const [old] = await rotateSigningKeys(node, ES256)
    const [announced] = await rotateNow(node, ES256)

    const wait = announced!.activeAt.getTime() - old!.activeAt.getTime()
    expect(wait).toBeGreaterThanOrEqual(360_000)
    expect((await signingKeysNow(node)).active).toMatchObject([{ kid: old?.kid }])
    expect(await rotateNow(node, ES256)).toEqual([])
  })

  test('of two algorithms have lives of their own', async ({ database: { db } }) => {
    const node = await nodeOn(db)
    await rotateSigningKeys(node, ES256)
    const both: SigningRotation = { algs: ['ES256', 'RS256'], policy: POLICY }
    const announced = await rotateSigningKeys(node, both)

    expect(announced).toMatchObject([{ alg: 'RS256' }])
    const { active } = await signingKeysNow(node)
    expect(active.map(({ alg }) => alg)).toEqual(['ES256', 'RS256'])
  })

  test('do not open when their row was altered', async ({ database: { db } }) => {
    const node = await nodeOn(db)
    await rotateSigningKeys(node, ES256)
    await db.prisma.signingKey.updateMany({ data: { privateSealed: Buffer.alloc(200, 1) } })

    await expect(signingKeysNow(node)).rejects.toThrow()
  })
})

function signed({ active: [key] }: SigningKeySet): Promise<string> {
  const { alg, kid, privateKey } = key!
  return new SignJWT({ sub: 'somebody' }).setProtectedHeader({ alg, kid }).sign(privateKey)
}

async function verified(token: string, { published }: SigningKeySet): Promise<string | undefined> {
  const set = createLocalJWKSet({ keys: published.map((jwk) => ({ ...jwk })) })
  return (await jwtVerify(token, set)).payload.sub
}

function kidsOf({ published }: SigningKeySet): string[] {
  return published.map(({ kid }) => kid)
}
