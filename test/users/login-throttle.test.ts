import { type Authentication, authenticate } from '../../src/users/authenticate.ts'
import { createUser } from '../../src/users/create-user.ts'
import { test as base, expect, OPERATOR } from './fixture.ts'

// Of the fixture: 3 failures of one user from one network, 30 from everywhere, 8 from one network.
const PASSWORD = 'correct horse battery staple'
const HOME = '203.0.113.77'
const INVALID = { ok: false, reason: 'invalid_credentials' }
const THROTTLED = { ok: false, reason: 'throttled', retryAfter: expect.any(Number) }

type Services = Parameters<typeof authenticate>[0]

const test = base.extend<{ anna: undefined }>({
  anna: [
    async ({ services }, use) => {
      await createUser(services, { username: 'anna', password: PASSWORD, by: OPERATOR })
      await use(undefined)
    },
    { auto: true },
  ],
})

function right(services: Services, address = HOME): Promise<Authentication> {
  return authenticate(services, { username: 'anna', password: PASSWORD, address, userAgent: null })
}

function wrong(services: Services, address = HOME, username = 'anna'): Promise<Authentication> {
  return authenticate(services, { username, password: 'wrong', address, userAgent: null })
}

async function times(count: number, work: (at: number) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < count; at += 1) await work(at)
}

test.describe('guessing at one user from one network', () => {
  test('is stopped for the window, for right and wrong alike', async ({ services, pass }) => {
    await times(3, async () => expect(await wrong(services)).toEqual(INVALID))

    expect(await wrong(services)).toEqual(THROTTLED)
    const stopped = await right(services)
    expect(stopped).toEqual(THROTTLED)
    expect(stopped.ok || stopped.reason !== 'throttled' || stopped.retryAfter).toBeGreaterThan(800)

    await pass('15m1s')
    expect(await right(services)).toMatchObject({ ok: true })
  })

  test('is stopped for names that are nobody', async ({ services }) => {
    await times(3, () => wrong(services, HOME, 'nobody'))

    expect(await wrong(services, HOME, 'nobody')).toEqual(THROTTLED)
  })

  test('is counted together by all servers', async ({ services, other }) => {
    await wrong(services)
    await wrong(other)
    await wrong(services)

    expect(await right(other)).toEqual(THROTTLED)
  })

  test('counts the addresses of one IPv6 network as one', async ({ services }) => {
    await times(3, (at) => wrong(services, `2001:db8:1:2::${at}`))

    expect(await right(services, '2001:db8:1:2:ffff::1')).toEqual(THROTTLED)
    expect(await right(services, '2001:db8:1:3::1')).toMatchObject({ ok: true })
  })

  test('begins anew after a success', async ({ services }) => {
    await times(2, () => wrong(services))
    await right(services)

    await times(3, async () => expect(await wrong(services)).toEqual(INVALID))
    expect(await wrong(services)).toEqual(THROTTLED)
  })

  test('learns nothing beyond the limit from many guesses at once', async ({ services, other }) => {
    const guesses = await Promise.all(
      Array.from({ length: 30 }, (_, at) => wrong(at % 2 ? services : other)),
    )

    expect(guesses.filter((outcome) => !outcome.ok && outcome.reason !== 'throttled')).toHaveLength(
      3,
    )
  })

  test('is not helped by a right guess among many at once', async ({ services }) => {
    const before = Array.from({ length: 20 }, () => wrong(services))
    const last = right(services)

    expect(await last).toEqual(THROTTLED)
    await Promise.all(before)
  })
})

test.describe('guessing from one network', () => {
  test('is stopped for all users', async ({ services }) => {
    await times(8, (at) => wrong(services, HOME, `user${at}`))

    expect(await wrong(services, HOME, 'another')).toEqual(THROTTLED)
    expect(await right(services)).toEqual(THROTTLED)
    expect(await right(services, '198.51.100.1')).toMatchObject({ ok: true })
  })

  test('is not covered up by an account of one’s own', async ({ services }) => {
    await times(8, async (at) => {
      await wrong(services, HOME, `user${at}`)
      if (at < 7) expect(await right(services)).toMatchObject({ ok: true })
    })

    expect(await right(services)).toEqual(THROTTLED)
  })
})

test.describe('guessing at one user from everywhere', () => {
  test('keeps strangers out, and not the person at a known place', async ({ services }) => {
    expect(await right(services)).toMatchObject({ ok: true })
    await times(30, (at) => wrong(services, `198.51.100.${at}`))

    expect(await wrong(services, '192.0.2.1')).toEqual(THROTTLED)
    expect(await right(services, '192.0.2.1')).toEqual(THROTTLED)
    expect(await right(services)).toMatchObject({ ok: true })
  })

  test('gives a known place no more guesses than any', async ({ services }) => {
    await right(services)
    await times(30, (at) => wrong(services, `198.51.100.${at}`))

    await times(3, async () => expect(await wrong(services)).toEqual(INVALID))
    expect(await right(services)).toEqual(THROTTLED)
  })

  test('forgets a place where nobody got in for ninety days', async ({ services, pass }) => {
    await right(services)
    await pass('91d')
    await times(30, (at) => wrong(services, `198.51.100.${at}`))

    expect(await right(services)).toEqual(THROTTLED)
  })
})

test.describe('the counters', () => {
  test('hold neither names nor addresses', async ({ services, database }) => {
    await wrong(services)
    await right(services, '198.51.100.1')

    const { rows } = await database.pool.query('SELECT key FROM rate_limit ORDER BY key')
    expect(rows.map(({ key }) => key.split(':')[0])).toEqual([
      'login-known',
      'login-network',
      'login-user',
    ])
    for (const { key } of rows) expect(key).toMatch(/^login-[a-z]+:[\w-]{43}$/)
  })
})

test.describe('a login in quiet times', () => {
  test('writes no counter', async ({ services, database }) => {
    await right(services)
    const before = await database.pool.query('SELECT xmin, key FROM rate_limit')

    await right(services)

    const after = await database.pool.query('SELECT xmin, key FROM rate_limit')
    expect(after.rows).toEqual(before.rows)
  })
})
