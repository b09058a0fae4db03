import { type Authentication, authenticate } from '../../src/users/authenticate.ts'
import { changePassword, hashNewPassword } from '../../src/users/change-password.ts'
import { createUser } from '../../src/users/create-user.ts'
import { disableUser, enableUser } from '../../src/users/disable-user.ts'
import { createFailureTally } from '../../src/users/failure-tally.ts'
import { createPasswords } from '../../src/users/password.ts'
import type { User } from '../../src/users/user.ts'
import { argon2Runs, test as base, CHEAP, expect, OPERATOR } from './fixture.ts'

const PASSWORD = 'correct horse battery staple'
const FROM = { address: '203.0.113.77', userAgent: 'a marked user agent' }
const INVALID = { ok: false, reason: 'invalid_credentials' }

type Services = Parameters<typeof authenticate>[0]

function attempt(services: Services, change: object = {}): Promise<Authentication> {
  const anna = { username: 'anna', password: PASSWORD, ...FROM }
  return authenticate(services, { ...anna, ...change })
}

const test = base.extend<{ anna: User }>({
  anna: [
    async ({ services }, use) =>
      use(await createUser(services, { username: 'anna', password: PASSWORD, by: OPERATOR })),
    { auto: true },
  ],
})

test.describe('a right password', () => {
  test('is its user', async ({ services, anna }) => {
    expect(await attempt(services)).toEqual({
      ok: true,
      user: anna,
      passwordVersion: 0,
      secondFactor: false,
    })
    expect(await attempt(services, { username: ' ANNA ' })).toMatchObject({ ok: true })
  })

  test('is right from any keyboard', async ({ services }) => {
    const name = { username: 'josé', by: OPERATOR }
    await createUser(services, { ...name, password: 'cafe\u0301 au lait with ice' })

    const outcome = await attempt(services, {
      username: 'jose\u0301',
      password: 'caf\u00e9 au lait with ice',
    })

    expect(outcome).toMatchObject({ ok: true })
  })

  test('names another version after each change', async ({ services, anna }) => {
    const hash = await hashNewPassword(services, anna.id, 'another horse, another staple')
    await changePassword(services.db, anna.id, { hash, by: OPERATOR })

    expect(await attempt(services)).toEqual(INVALID)
    expect(await attempt(services, { password: 'another horse, another staple' })).toMatchObject({
      ok: true,
      passwordVersion: 1,
    })
  })
})

test.describe('equal cost', () => {
  test('a right password is one argon2 call', async ({ services }) => {
    expect(await argon2Runs(() => attempt(services))).toBe(1)
  })

  const wrong: readonly [string, object][] = [
    ['a wrong password', { password: 'wrong horse battery staple' }],
    ['an unknown user', { username: 'nobody' }],
    ['a disabled user', { username: 'disabled' }],
    ['a disabled user and a wrong password', { username: 'disabled', password: 'wrong' }],
    ['a user without a password', { username: 'without' }],
  ]
  for (const [name, change] of wrong) {
    test(`${name} is one argon2 call and the same answer`, async ({ services }) => {
      const disabled = { username: 'disabled', password: PASSWORD, by: OPERATOR }
      await disableUser(services.db, (await createUser(services, disabled)).id, OPERATOR)
      await createUser(services, { username: 'without', by: OPERATOR })

      const runs = await argon2Runs(async () =>
        expect(await attempt(services, change)).toEqual(INVALID),
      )

      expect(runs).toBe(1)
    })
  }

  const impossible: readonly [string, object][] = [
    ['a username of a megabyte', { username: 'a'.repeat(1_000_000) }],
    ['a password of a megabyte', { password: 'a'.repeat(1_000_000) }],
    ['a username with a null byte', { username: 'an\0na' }],
    ['a password with a null byte', { password: 'se\0cret' }],
    ['a username with a lone surrogate', { username: 'anna\ud800' }],
    ['a password with a lone surrogate', { password: 'secret\udc00' }],
    ['an empty password', { password: '' }],
  ]
  for (const [name, change] of impossible) {
    test(`${name} is refused without one`, async ({ services }) => {
      const runs = await argon2Runs(async () =>
        expect(await attempt(services, change)).toEqual(INVALID),
      )

      expect(runs).toBe(0)
    })
  }
})

test.describe('a failure', () => {
  test('is written down with the reason that nobody is told', async ({
    services,
    anna,
    database,
  }) => {
    await attempt(services, { password: 'wrong horse battery staple' })

    const { rows } = await database.pool.query(
      "SELECT * FROM entry WHERE action = 'user.authentication_failed'",
    )
    expect(rows).toMatchObject([
      { actor_kind: 'system', subject_id: anna.id, detail: { reason: 'wrong_password' } },
    ])
    const context = { keyId: rows[0].audit_key_id, bytes: rows[0].context_sealed }
    expect(await services.auditKeys.open(services.db, context)).toEqual(FROM)
    expect(JSON.stringify(rows)).not.toMatch(/203\.0\.113\.77|marked user agent/)
  })

  test('keeps no unknown name, which may be a password', async ({ services, database }) => {
    await attempt(services, { username: PASSWORD.replaceAll(' ', '-'), password: 'anna' })

    const { rows } = await database.pool.query(
      "SELECT * FROM entry WHERE action = 'user.authentication_failed'",
    )
    expect(rows).toMatchObject([{ detail: { reason: 'unknown_user' } }])
    expect(rows[0].subject_id).toMatch(/^unknown:[\w-]{43}$/)
    expect(JSON.stringify(rows)).not.toContain('horse')
  })

  test('of a disabled user ends when the user is enabled', async ({ services, anna }) => {
    await disableUser(services.db, anna.id, OPERATOR)
    expect(await attempt(services)).toEqual(INVALID)

    await enableUser(services.db, anna.id, OPERATOR)
    expect(await attempt(services)).toMatchObject({ ok: true })
  })
})

test.describe('what a stranger can do without end', () => {
  const ENTRIES = `SELECT action, detail FROM entry
    WHERE action LIKE 'user.authentication_%' ORDER BY seq`

  test('is counted beyond a few entries, and told in one', async ({ services, database }) => {
    const failures = createFailureTally({ db: services.db, entries: 2 })
    for (let at = 0; at < 5; at++) {
      const stranger = { username: `nobody-${at}`, address: `198.51.100.${at}` }
      expect(await attempt({ ...services, failures }, stranger)).toEqual(INVALID)
    }
    await failures.flush()
    await failures.flush()

    const unknown = { action: 'user.authentication_failed', detail: { reason: 'unknown_user' } }
    expect((await database.pool.query(ENTRIES)).rows).toEqual([
      unknown,
      unknown,
      {
        action: 'user.authentication_failures_counted',
        detail: { throttled: 0, unknown_user: 3 },
      },
    ])
  })

  test('never hides what is done to a person', async ({ services, database }) => {
    const failures = createFailureTally({ db: services.db, entries: 0 })
    await attempt({ ...services, failures }, { username: 'nobody' })
    await attempt({ ...services, failures }, { password: 'wrong horse battery staple' })

    expect((await database.pool.query(ENTRIES)).rows).toEqual([
      { action: 'user.authentication_failed', detail: { reason: 'wrong_password' } },
    ])
  })

  test('has no entry for each try that the throttle refused', async ({ services, database }) => {
    for (let at = 0; at < 7; at++) await attempt(services, { password: 'wrong horse staple' })
    await services.failures.flush()

    const { rows } = await database.pool.query(ENTRIES)
    expect(rows).toHaveLength(4)
    expect(rows.at(-1)).toEqual({
      action: 'user.authentication_failures_counted',
      detail: { throttled: 4, unknown_user: 0 },
    })
  })
})

test.describe('a hash of lower parameters', () => {
  test('is replaced when the password is at hand', async ({ services, database }) => {
    const raised = { ...services, passwords: createPasswords({ ...CHEAP, iterations: 3 }) }

    expect(await attempt(raised, { password: 'wrong' })).toEqual(INVALID)
    expect(await hashIn(database)).toContain('t=2')
    expect(await attempt(raised)).toMatchObject({ ok: true, passwordVersion: 0 })
    expect(await hashIn(database)).toContain('t=3')
    expect(await argon2Runs(() => attempt(raised))).toBe(1)
  })

  test('does not come back over a password changed meanwhile', async ({
    services,
    anna,
    database,
  }) => {
    const raised = createPasswords({ ...CHEAP, iterations: 3 })
    const fresh = await hashNewPassword(services, anna.id, 'another horse, another staple')
    const slow = {
      ...raised,
      hash: async (password: string) => {
        await changePassword(services.db, anna.id, { hash: fresh, by: OPERATOR })
        return raised.hash(password)
      },
    }

    await attempt({ ...services, passwords: slow })

    expect(await hashIn(database)).toBe(fresh)
  })
})

async function hashIn({ pool }: { pool: import('pg').Pool }): Promise<string> {
  const { rows } = await pool.query(`SELECT password_hash FROM "user" WHERE username = 'anna'`)
  return rows[0].password_hash
}
