import { transaction } from '../../../src/database/transaction.ts'
import type { UserId } from '../../../src/ids.ts'
import { dataKeyStatus } from '../../../src/keys/rotate-data-key.ts'
import { addTotp } from '../../../src/users/factors/enrol-totp.ts'
import { factorsOf } from '../../../src/users/factors/find-factors.ts'
import { proveRecoveryCode } from '../../../src/users/factors/prove-recovery-code.ts'
import { proveTotp } from '../../../src/users/factors/prove-totp.ts'
import { makeTotpSecret } from '../../../src/users/factors/totp.ts'
import { expect, test } from '../fixture.ts'
import { A_LOGIN, codeOf, giveTotp, ownerOn } from './people.ts'

// Of the fixture: three failures in fifteen minutes, nine a day.
const PROVEN = { ok: true, proof: { by: 'totp' } }
const WRONG = { ok: false, reason: 'wrong_factor' }
const THROTTLED = { ok: false, reason: 'throttled', retryAfter: expect.any(Number) }
const attempt = (userId: UserId) => ({ userId, auditContext: null })

test.describe('a code of an authenticator app', () => {
  test('is good once', async ({ services }) => {
    const { userId, secret } = await ownerOn(services)
    const code = codeOf(secret)

    expect(await proveTotp(services, attempt(userId), code)).toMatchObject(PROVEN)
    expect(await proveTotp(services, attempt(userId), code)).toEqual(WRONG)
    expect(await proveTotp(services, attempt(userId), codeOf(secret, 30))).toMatchObject(PROVEN)
  })

  test('is good for one of many who show it at once, on two servers', async ({
    services,
    other,
  }) => {
    const { userId, secret } = await ownerOn(services)
    const code = codeOf(secret)
    const all = await Promise.all(
      [services, other, services, other, services].map((server) =>
        proveTotp({ ...server, factorThrottle: UNLIMITED }, attempt(userId), code),
      ),
    )
    expect(all.filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('that is older than one that was taken is not good any more', async ({ services }) => {
    const { userId, secret } = await ownerOn(services)
    await proveTotp(services, attempt(userId), codeOf(secret, 30))
    expect(await proveTotp(services, attempt(userId), codeOf(secret))).toEqual(WRONG)
  })

  test('that confirmed the app is spent', async ({ services }) => {
    const { userId } = await ownerOn(services)
    const secret = makeTotpSecret()
    const code = codeOf(secret)
    const app = { userId, loginId: A_LOGIN, secret, code, name: 'App' }
    await transaction(services.db, (tx) => addTotp(services.serverKeys, tx, app))
    expect(await proveTotp(services, attempt(userId), code)).toEqual(WRONG)
  })

  test('may come from any of their apps, and from nobody else’s', async ({ services }) => {
    const ada = await ownerOn(services)
    const { secret } = await giveTotp(services, ada.userId)
    const bob = await ownerOn(services, 'bob')

    expect(await proveTotp(services, attempt(ada.userId), codeOf(bob.secret))).toEqual(WRONG)
    expect(await proveTotp(services, attempt(ada.userId), codeOf(secret))).toMatchObject(PROVEN)
    expect(await proveTotp(services, attempt(ada.userId), codeOf(ada.secret))).toMatchObject(PROVEN)
  })

  test('opens nothing with a secret that was moved to another person', async ({
    services,
    database,
  }) => {
    const [ada, bob] = [await ownerOn(services), await ownerOn(services, 'bob')]
    const moved = `UPDATE factor SET secret_sealed = (SELECT secret_sealed FROM factor WHERE user_id = $2)
      WHERE user_id = $1`
    await database.pool.query(moved, [ada.userId, bob.userId])
    expect(await proveTotp(services, attempt(ada.userId), codeOf(bob.secret))).toEqual(WRONG)
  })
})

const UNLIMITED = { take: async () => 0, pass: async () => undefined }

test.describe('guessing at codes', () => {
  test('is stopped, for right and wrong alike', async ({ services, pass }) => {
    const { userId, secret } = await ownerOn(services)
    for (let time = 0; time < 3; time += 1)
      expect(await proveTotp(services, attempt(userId), '000000')).toEqual(WRONG)
    expect(await proveTotp(services, attempt(userId), codeOf(secret))).toEqual(THROTTLED)

    await pass('15m1s')
    expect(await proveTotp(services, attempt(userId), codeOf(secret))).toMatchObject(PROVEN)
  })

  test('many at once has no more of them judged than the limit', async ({ services, other }) => {
    const { userId } = await ownerOn(services)
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        proveTotp(at % 2 ? services : other, attempt(userId), '000000'),
      ),
    )
    expect(all.filter((one) => !one.ok && one.reason === 'wrong_factor')).toHaveLength(3)
  })

  test('in the shadow of the owner’s own logins is stopped for the day', async ({
    services,
    pass,
  }) => {
    const { userId, recoveryCodes } = await ownerOn(services)
    for (let round = 0; round < 3; round += 1) {
      for (let time = 0; time < 3; time += 1)
        expect(await proveTotp(services, attempt(userId), '000000')).toEqual(WRONG)
      await pass('15m1s')
      const own = await proveRecoveryCode(services, attempt(userId), recoveryCodes[round]!)
      expect(own.ok).toBe(round < 2)
    }
    const stopped = await proveTotp(services, attempt(userId), '000000')
    expect(stopped).toMatchObject({ reason: 'throttled' })
    expect('retryAfter' in stopped && stopped.retryAfter).toBeGreaterThan(80_000)
  })
})

test.describe('the secret', () => {
  test('is told among what the data key has sealed, so that no key of it is destroyed', async ({
    services,
  }) => {
    await ownerOn(services)
    expect(await dataKeyStatus(services.db)).toMatchObject([{ version: 1, sealed: 1 }])
  })

  test('is sealed anew by each use, so that no old key is kept for it', async ({
    services,
    database,
  }) => {
    const { userId, secret } = await ownerOn(services)
    const sealed = async () =>
      (await database.pool.query('SELECT secret_sealed FROM factor')).rows[0].secret_sealed
    const before = await sealed()
    await proveTotp(services, attempt(userId), codeOf(secret))
    const after = await sealed()
    expect(after.equals(before)).toBe(false)
    const place = ['factor', (await factorsOf(services.db, userId))[0]!.id, userId, 'secret']
    expect(services.serverKeys.durable.open('totp', place, after)).toEqual(secret)
  })
})

test.describe('what is written down', () => {
  test('is each use and each refusal, without the code', async ({ services, database }) => {
    const { userId, secret } = await ownerOn(services)
    const code = codeOf(secret)
    await proveTotp(services, attempt(userId), code)
    await proveTotp(services, attempt(userId), code)
    await proveTotp(services, attempt(userId), '000000')

    const { rows } = await database.pool.query(
      `SELECT action, detail FROM entry WHERE action LIKE 'factor.%' ORDER BY seq`,
    )
    expect(rows).toMatchObject([
      { action: 'factor.added', detail: { kind: 'totp' } },
      { action: 'factor.used', detail: { kind: 'totp' } },
      { action: 'factor.refused', detail: { kind: 'totp', reason: 'taken_before' } },
      { action: 'factor.refused', detail: { kind: 'totp', reason: 'wrong_code' } },
    ])
    const { rows: stored } = await database.pool.query('SELECT * FROM factor')
    const text = JSON.stringify([stored, rows])
    expect(text).not.toContain(code)
    expect(stored[0].secret_sealed.includes(secret)).toBe(false)
  })
})
