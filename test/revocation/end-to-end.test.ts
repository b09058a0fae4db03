import { decodeJwt } from 'jose'
import { purge } from '../../src/database/purge.ts'
import { endUser } from '../../src/sessions/ending/end.ts'
import { sweep } from '../../src/sessions/ending/sweep.ts'
import { runCommand } from '../cli/running.ts'
import type { TestDatabase } from '../support/database.ts'
import { authorize, refresh } from '../support/relying-party.ts'
import { type Browser, SECRET } from '../support/world.ts'
import { enter, expect, givenPerson, logOut, test } from './applications.ts'
import { deliveryStates } from './given.ts'
import type { Answer } from './relying-party.ts'

const DAY = 86_400

test.describe('a relying party that is away, and servers that die', () => {
  test('hears of every session all the same, with a new jti for each try', async ({
    application,
    cluster,
    database,
    given,
    pass,
  }) => {
    const tries = new Map<unknown, number>()
    // Away at first; then slow to answer, and the servers die while they wait for it.
    const flaky = await application(({ token }): Answer | null => {
      const { sid } = decodeJwt(token)
      const times = (tries.get(sid) ?? 0) + 1
      tries.set(sid, times)
      if (times === 1) return { status: 503 }
      return times === 2 ? null : { status: 200 }
    })
    const steady = await application()
    for (let people = 0; people < 3; people++) {
      const { browser } = await givenPerson(given, [flaky, steady])
      await enter(flaky, browser)
      expect(await logOut(flaky, browser, await enter(steady, browser))).toBe(200)
    }
    await expect.poll(() => failuresOf(database)).toEqual(Array(3).fill('status_503'))

    await pass('5s')
    await expect.poll(() => flaky.rp.received).toHaveLength(6)
    for (const process of cluster.processes) process.kill('SIGKILL')
    await Promise.all(cluster.processes.map(({ ended }) => ended))
    expect(await deliveryStates(database.db)).toEqual({ delivered: 3, pending: 3 })
    await cluster.restartFirst()
    await pass('30s')

    await expect.poll(() => deliveryStates(database.db)).toEqual({ delivered: 6 })
    const [again, once] = [await flaky.told(), await steady.told()]
    expect(again).toHaveLength(9)
    expect(once).toHaveLength(3)
    expect(new Set([...again, ...once].map(({ jti }) => jti)).size).toBe(12)
    expect(new Set(again.map(({ sid }) => sid))).toEqual(new Set(once.map(({ sid }) => sid)))
  })
})

test.describe('whatever ends a session', () => {
  test('is told once to each client that ever got a code in it', async ({
    application,
    cluster,
    database,
    given,
    pass,
  }) => {
    test.setTimeout(90_000)
    const web = await application()
    const app = await application(undefined, { token_endpoint_auth_method: 'none' })
    // Got a code and never used it.
    const visitor = await application()
    const stranger = await application()
    const applications = [web, app, visitor]

    async function stay() {
      const { browser } = await givenPerson(given, [...applications, stranger])
      const { idToken } = await enter(web, browser)
      const { refreshToken } = await enter(app, browser)
      await authorize(visitor, browser)
      return { sid: String(decodeJwt(idToken).sid), browser, refreshToken }
    }

    const old = await stay()
    await passInUse(database, [old], '22h')
    const left = await stay()
    const watched = await stay()
    const stolen = await stay()
    // What is written behind would count as a use in the time that is let go by; a use that is no
    // second younger than what stands there is not written at all.
    await pass('2s')
    await expect.poll(() => isNoted(database, stolen)).toBe(true)
    // All that web ever got is long over then: nobody refreshed there.
    await passInUse(database, [old, watched, stolen], '2h')
    await purge(cluster.services.db, { endedFor: 30 * DAY })
    await endByOperator(database, watched.sid)
    const second = await refresh(app, stolen.refreshToken)
    const third = await refresh(app, String(second.body.refresh_token))
    expect(third.status).toBe(200)
    const replayed = await refresh(app, stolen.refreshToken)
    expect(replayed.body.error).toBe('invalid_grant')

    await expect
      .poll(() => deliveryStates(database.db), { timeout: 40_000 })
      .toEqual({ delivered: 12 })
    expect(await causes(database)).toEqual(['absolute', 'administrator', 'idle', 'reuse'])
    const sids = [old, left, watched, stolen].map(({ sid }) => sid).toSorted()
    for (const one of applications)
      expect((await one.told()).map(({ sid }) => sid).toSorted()).toEqual(sids)
    expect(stranger.rp.received).toEqual([])

    expect(await sweep(cluster.services)).toEqual([])
    await pass('1h')
    expect(await deliveryStates(database.db)).toEqual({ delivered: 12 })
  })
})

test.describe('a relying party that hangs', () => {
  test.use({ env: { SOJOURN_BACKCHANNEL_CONCURRENCY: '3', SOJOURN_BACKCHANNEL_TIMEOUT: '1m' } })

  test('delays neither the people who log out nor the others who are told', async ({
    application,
    database,
    given,
  }) => {
    const hanging = await application(() => null)
    const healthy = [await application(), await application()]
    for (let people = 0; people < 8; people++) {
      const { browser } = await givenPerson(given, [hanging, ...healthy])
      const tokens = await enter(hanging, browser)
      for (const one of healthy) await enter(one, browser)
      expect(await logOut(hanging, browser, tokens)).toBe(200)
    }

    for (const { rp } of healthy) await expect.poll(() => rp.received).toHaveLength(8)
    // Not one of the attempts at it is over, and it takes no more than its share of them.
    expect(hanging.rp.received.length).toBeGreaterThan(0)
    expect(hanging.rp.received.length).toBeLessThanOrEqual(4)
    await expect.poll(() => deliveryStates(database.db)).toEqual({ delivered: 16, pending: 8 })
    expect(await failuresOf(database)).toEqual([])
  })
})

test.describe('two server processes', () => {
  test('share the work, and send nothing twice', async ({ application, cluster, given }) => {
    const COUNT = 40
    const slow = () => new Promise<Answer>((answer) => setTimeout(answer, 100, { status: 200 }))
    const busy = await application(slow)
    const { user, browser } = await givenPerson(given, [busy])
    const browsers = [browser]
    while (browsers.length < COUNT) browsers.push(await given.browser(user))
    const sids: string[] = []
    for (const one of browsers) sids.push(sidOf(await enter(busy, one)))

    const by = { kind: 'user', id: user.id } as const
    await endUser(cluster.services, user.id, { cause: 'logout_everywhere', by })

    await expect
      .poll(() => deliveryStates(cluster.services.db), { timeout: 20_000 })
      .toEqual({ delivered: COUNT })
    expect((await busy.told()).map(({ sid }) => sid).toSorted()).toEqual(sids.toSorted())
    const shares = await Promise.all(cluster.nodes.map(deliveredBy))
    expect(shares[0]! + shares[1]!).toBe(COUNT)
    expect(Math.min(...shares)).toBeGreaterThan(0)
  })
})

function sidOf({ idToken }: { readonly idToken: string }): string {
  return String(decodeJwt(idToken).sid)
}

interface Visit {
  readonly browser: Browser
}

/** Lets time go by in which some sessions are used and all others are not. */
async function passInUse(
  { pool, pass }: TestDatabase,
  used: readonly Visit[],
  duration: string,
): Promise<void> {
  const logins = used.map(({ browser }) => browser.loginId)
  // Ahead of the time that then goes by, so that no job in between sees them idle.
  for (const [table, column] of [
    ['session', 'login_id'],
    ['login', 'id'],
  ])
    await pool.query(
      `UPDATE ${table} SET last_seen_at = now() + $1::interval WHERE ${column} = ANY ($2::uuid[])`,
      [duration, logins],
    )
  await pass(duration)
}

/** Whether the use of a session was written, and with it all uses before it. */
async function isNoted({ pool }: TestDatabase, { browser }: Visit): Promise<boolean> {
  const { rows } = await pool.query<{ noted: boolean }>(
    'SELECT last_seen_at > created_at AS noted FROM session WHERE login_id = $1',
    [browser.loginId],
  )
  return rows[0]?.noted ?? false
}

async function endByOperator({ url }: TestDatabase, sid: string): Promise<void> {
  const env = { DATABASE_URL: url.reveal(), SESSION_SECRET_KEY: SECRET.toString('base64') }
  const { code, out } = await runCommand(['session', 'end', sid, '--json'], { env })
  expect([code, JSON.parse(out)]).toEqual([0, { ended: [sid], not_live: [] }])
}

async function failuresOf({ pool }: TestDatabase): Promise<unknown[]> {
  const { rows } = await pool.query(
    'SELECT last_failure FROM delivery WHERE last_failure IS NOT NULL',
  )
  return rows.map(({ last_failure }) => last_failure)
}

async function causes({ pool }: TestDatabase): Promise<unknown[]> {
  const { rows } = await pool.query('SELECT end_cause FROM session ORDER BY end_cause')
  return rows.map(({ end_cause }) => end_cause)
}

/** How many deliveries a process counts as its own. */
async function deliveredBy(node: string): Promise<number> {
  const response = await fetch(`http://${node}/metrics`)
  const [, count] =
    /^sojourn_deliveries_total\{outcome="delivered"\} (\d+)$/m.exec(await response.text()) ?? []
  return Number(count ?? 0)
}
