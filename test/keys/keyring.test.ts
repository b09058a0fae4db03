import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { deriveKey } from '../../src/crypto/derive.ts'
import { statements } from '../../src/database/pool.ts'
import { sqlTransaction } from '../../src/database/transaction.ts'
import { DomainError } from '../../src/errors.ts'
import { expect, test } from '../support/database.ts'
import {
  countingRoot,
  endedSession,
  givenLogin,
  givenSession,
  givenWorkspace,
  INCARNATION,
  keyringOver,
} from './given.ts'

test.describe('the key of a session', () => {
  test('is derived from its secret, its id and the incarnation', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const row = await givenSession(db, keyring, await givenWorkspace(db))
    const secret = await keyring.sessionSecret(row)
    const use = { salt: row.sessionId, incarnation: INCARNATION }

    expect(secret).toHaveLength(32)
    expect(await keyring.sessionKey(row, 'access-token')).toEqual(
      deriveKey(secret, { ...use, purpose: 'access-token' }),
    )
    const context = ['cli', 'payroll']
    expect(await keyring.sessionKey(row, 'export', { context })).toEqual(
      deriveKey(secret, { ...use, purpose: 'export', context }),
    )
  })

  test('is at hand at once when held', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const row = await givenSession(db, keyring, await givenWorkspace(db))

    expect(keyring.sessionKey(row, 'data')).toBeInstanceOf(Buffer)
    expect(keyring.sessionKey(row, 'data')).toBe(keyring.sessionKey(row, 'data'))
  })

  test('is the same on a node that has never seen it', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const row = await givenSession(db, keyring, await givenWorkspace(db))

    const elsewhere = await keyringOver(db).sessionKey(row, 'data')
    expect(elsewhere).toEqual(keyring.sessionKey(row, 'data'))
  })

  test('costs one statement for an epoch not held, then none', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const workspaceId = await givenWorkspace(db)
    const first = await givenSession(db, keyring, workspaceId)
    const second = await givenSession(db, keyring, workspaceId)
    const cold = keyringOver(db)

    expect(await statementsDuring(() => cold.sessionKey(first, 'data'))).toBe(1)
    expect(await statementsDuring(() => cold.sessionKey(second, 'data'))).toBe(0)
    expect(cold.sessionKey(second, 'data')).toBeInstanceOf(Buffer)
  })

  test('asks the root key once for a crowd', async ({ database: { db } }) => {
    const workspaceId = await givenWorkspace(db)
    const warm = keyringOver(db)
    const rows = [
      await givenSession(db, warm, workspaceId),
      await givenSession(db, warm, workspaceId),
    ]
    const rootKeys = countingRoot()
    const cold = keyringOver(db, { rootKeys })

    const crowd = Array.from({ length: 50 }, (_, i) => cold.sessionKey(rows[i % 2]!, 'data'))
    const keys = await Promise.all(crowd)

    expect(rootKeys.unwraps).toBe(1)
    expect(keys[2]).toEqual(warm.sessionKey(rows[0]!, 'data'))
    expect(keys[3]).toEqual(warm.sessionKey(rows[1]!, 'data'))
  })

  test('is taken inside a transaction when no second connection is to be had', async ({
    database: { db },
  }) => {
    const row = await givenSession(db, keyringOver(db), await givenWorkspace(db))

    const key = await sqlTransaction(db, (tx) => {
      const unreachable = { ...db, query: () => Promise.reject(new Error('no connection')) }
      return Promise.resolve(keyringOver(unreachable).sessionKey(row, 'data', { from: tx }))
    })
    expect(key).toHaveLength(32)
  })

  test('is refused when the row has lost it, also while it is held', async ({
    database: { db },
  }) => {
    const keyring = keyringOver(db)
    const row = await givenSession(db, keyring, await givenWorkspace(db))

    const ended = refusalOf(() => keyring.sessionKey({ ...row, wrapped: null }, 'data'))
    expect(await ended).toBe('key_destroyed')
  })

  for (const [name, change] of [
    ['moved to another workspace', { workspaceId: randomUUID() }],
    ['moved to another session', { sessionId: randomUUID() }],
    ['altered', { wrapped: Buffer.alloc(61, 1) }],
  ] as const)
    test(`is refused when ${name}, held or not`, async ({ database: { db } }) => {
      const keyring = keyringOver(db)
      const row = { ...(await givenSession(db, keyring, await givenWorkspace(db))), ...change }

      expect(await refusalOf(() => keyring.sessionKey(row, 'data'))).toBe('key_destroyed')
      expect(await refusalOf(() => keyringOver(db).sessionKey(row, 'data'))).toBe('key_destroyed')
    })

  test('is refused in another incarnation', async ({ database: { db } }) => {
    const row = await givenSession(db, keyringOver(db), await givenWorkspace(db))
    const restored = keyringOver(db, { incarnation: randomUUID() })

    expect(await refusalOf(() => restored.sessionKey(row, 'data'))).toBe('key_destroyed')
  })

  test('is refused when its epoch is destroyed', async ({ database: { db } }) => {
    const row = await givenSession(db, keyringOver(db), await givenWorkspace(db))
    await endedSession(db, row)
    await db.prisma.epochKey.updateMany({ data: { wrapped: null } })

    expect(await refusalOf(() => keyringOver(db).sessionKey(row, 'data'))).toBe('key_destroyed')
  })

  test('is overwritten when the session is forgotten', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const row = await givenSession(db, keyring, await givenWorkspace(db))
    const held = await keyring.sessionKey(row, 'data')
    const before = Buffer.from(held)

    keyring.forgetSession(row.sessionId)
    await turn()

    expect(held).not.toEqual(before)
    expect(await keyring.sessionKey(row, 'data')).toEqual(before)
  })

  test('is right for more sessions than are held', async ({ database: { db } }) => {
    const keyring = keyringOver(db, { limit: 2 })
    const workspaceId = await givenWorkspace(db)
    const rows = []
    for (let i = 0; i < 5; i++) rows.push(await givenSession(db, keyring, workspaceId))
    const ample = keyringOver(db)

    for (const row of [...rows, ...rows])
      expect(await keyring.sessionSecret(row)).toEqual(await ample.sessionSecret(row))
  })
})

test.describe('wrapping a session secret anew', () => {
  test('does nothing under the current epoch', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const row = await givenSession(db, keyring, await givenWorkspace(db))

    const rewrapped = await sqlTransaction(db, (tx) => keyring.rewrapSessionSecret(tx, row))
    expect(rewrapped).toBeNull()
  })

  test('keeps the secret under the next epoch', async ({ database: { db }, pass }) => {
    const keyring = keyringOver(db)
    const row = await givenSession(db, keyring, await givenWorkspace(db))
    const before = Buffer.from(await keyring.sessionSecret(row))

    await pass('25h')
    const rewrapped = await sqlTransaction(db, (tx) => keyring.rewrapSessionSecret(tx, row))

    expect(rewrapped?.epochId).not.toBe(row.epochId)
    expect(await keyringOver(db).sessionSecret({ ...row, ...rewrapped })).toEqual(before)
    expect(await keyring.sessionSecret({ ...row, ...rewrapped })).toEqual(before)
    expect(await keyring.sessionSecret(row)).toEqual(before)
  })
})

test.describe('the key of a login', () => {
  test('is derived from its secret, its id and the incarnation', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const row = await givenLogin(db, keyring)
    const use = { salt: row.loginId, incarnation: INCARNATION, purpose: 'login-data' } as const
    const key = keyring.loginKey(row, 'login-data')

    expect(key).toEqual(deriveKey(await keyring.loginSecret(row), use))
    expect(await keyringOver(db).loginKey(row, 'login-data')).toEqual(key)
  })

  test('is refused when destroyed, and does not open when moved', async ({ database: { db } }) => {
    const keyring = keyringOver(db)
    const row = await givenLogin(db, keyring)
    const destroyed = { ...row, wrapped: null }
    const moved = { ...row, userId: randomUUID() }

    expect(await refusalOf(() => keyring.loginKey(destroyed, 'login-data'))).toBe('key_destroyed')
    await expect(keyring.loginKey(moved, 'login-data')).rejects.toThrow()
  })

  test('is overwritten when the login is forgotten or long unused', async ({
    database: { db },
  }) => {
    let now = 0
    const keyring = keyringOver(db, { clock: () => now })
    const [forgotten, unused] = [await givenLogin(db, keyring), await givenLogin(db, keyring)]
    const held = [forgotten, unused].map((row) => keyring.loginKey(row, 'login-data') as Buffer)
    const before = held.map((key) => Buffer.from(key))

    keyring.forgetLogin(forgotten.loginId)
    now = 601_000
    keyring.sweep(600)
    await turn()

    expect(held[0]).not.toEqual(before[0])
    expect(held[1]).not.toEqual(before[1])
  })
})

async function refusalOf(act: () => unknown): Promise<string> {
  try {
    await act()
    return 'none'
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error)
  }
}

async function statementsDuring(act: () => unknown): Promise<number> {
  let count = 0
  const counted = () => {
    count += 1
  }
  statements.subscribe(counted)
  await act()
  statements.unsubscribe(counted)
  return count
}
