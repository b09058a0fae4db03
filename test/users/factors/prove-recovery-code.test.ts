import { transaction } from '../../../src/database/transaction.ts'
import type { UserId } from '../../../src/ids.ts'
import { recoveryCodesLeft } from '../../../src/users/factors/find-factors.ts'
import { makeRecoveryCodes } from '../../../src/users/factors/make-recovery-codes.ts'
import { proveRecoveryCode } from '../../../src/users/factors/prove-recovery-code.ts'
import { expect, test } from '../fixture.ts'
import { ownerOn } from './people.ts'

const PROVEN = { ok: true, proof: { by: 'recovery_code' } }
const WRONG = { ok: false, reason: 'wrong_factor' }
const attempt = (userId: UserId) => ({ userId, auditContext: null })
const UNLIMITED = { take: async () => 0, pass: async () => undefined }

test.describe('a recovery code', () => {
  test('comes as one of ten with the first factor', async ({ services }) => {
    const { userId, recoveryCodes } = await ownerOn(services)
    expect(new Set(recoveryCodes).size).toBe(10)
    expect(await recoveryCodesLeft(services.db, userId)).toBe(10)
  })

  test('is good once, however it is written', async ({ services }) => {
    const { userId, recoveryCodes } = await ownerOn(services)
    const code = recoveryCodes[4]!
    const typed = code.toUpperCase().replaceAll('-', ' ')

    expect(await proveRecoveryCode(services, attempt(userId), typed)).toMatchObject(PROVEN)
    expect(await proveRecoveryCode(services, attempt(userId), code)).toEqual(WRONG)
    expect(await recoveryCodesLeft(services.db, userId)).toBe(9)
  })

  test('is good for one of many who show it at once, on two servers', async ({
    services,
    other,
  }) => {
    const { userId, recoveryCodes } = await ownerOn(services)
    const all = await Promise.all(
      [services, other, services, other, services].map((server) =>
        proveRecoveryCode(
          { ...server, factorThrottle: UNLIMITED },
          attempt(userId),
          recoveryCodes[0]!,
        ),
      ),
    )
    expect(all.filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('is nobody else’s', async ({ services }) => {
    const { userId } = await ownerOn(services)
    const { recoveryCodes } = await ownerOn(services, 'bob')
    expect(await proveRecoveryCode(services, attempt(userId), recoveryCodes[0]!)).toEqual(WRONG)
  })

  test('of an older set is good no more', async ({ services }) => {
    const { userId, recoveryCodes } = await ownerOn(services)
    const fresh = await transaction(services.db, (tx) =>
      makeRecoveryCodes(services.serverKeys, tx, userId),
    )
    expect(await proveRecoveryCode(services, attempt(userId), recoveryCodes[0]!)).toEqual(WRONG)
    expect(await proveRecoveryCode(services, attempt(userId), fresh[0]!)).toMatchObject(PROVEN)
  })

  test('is stored as a keyed hash alone', async ({ services, database }) => {
    const { recoveryCodes } = await ownerOn(services)
    const { rows } = await database.pool.query('SELECT * FROM recovery_code')
    const text = JSON.stringify(rows) + rows.map(({ hash }) => hash.toString('latin1'))
    for (const code of recoveryCodes) {
      expect(text).not.toContain(code)
      expect(text).not.toContain(code.replaceAll('-', ''))
    }
  })
})
