import { openDatabase } from '../../src/database/database.ts'
import type { SessionId } from '../../src/ids.ts'
import { createActivity } from '../../src/sessions/activity.ts'
import { endLogin, endSession } from '../../src/sessions/ending/end.ts'
import { QUIET, SMALL } from '../support/database-address.ts'
import { openProxy } from '../support/database-proxy.ts'
import { introspect, redeem, refresh } from '../support/relying-party.ts'
import { heldIn, loginOf, type Place, placeOn, redeemed, sessionOf, silent } from './place.ts'
import { expect, type Stage, somebodyWaits, test } from './stage.ts'

const by = { kind: 'system' } as const
const MINUTE = 60_000

/** A session that was last used ten minutes ago. */
async function unused(stage: Stage) {
  const place = await placeOn(stage)
  const tokens = await redeemed(place, await place.ask())
  await stage.node.services.activity.flush()
  const id = await sessionOf(place)
  const login = await loginOf(place)
  await stage.database.pool.query(AGE, [id, login])
  return { place, id, login, tokens }
}

test.describe('a use', () => {
  test('is written for the session and its login', async ({ stage }) => {
    const { id } = await unused(stage)
    const activity = createActivity(stage.ender)
    const at = new Date()
    activity.seen(id, at)
    expect((await times(stage, id)).session).not.toEqual(at)
    await activity.flush()
    expect(await times(stage, id)).toEqual({ session: at, login: at })
  })

  test('close to the idle end is written at once, so that who asks next sees it', async ({
    stage,
  }) => {
    const { id } = await unused(stage)
    const activity = createActivity(stage.ender)
    const readAt = new Date()
    const ago = (seconds: number) => new Date(readAt.getTime() - seconds * 1000)
    activity.used({ id, readAt, lastSeenAt: ago(600), idleTimeout: 700 })
    await new Promise((done) => setImmediate(done))
    expect((await times(stage, id)).session).not.toEqual(readAt)
    activity.used({ id, readAt, lastSeenAt: ago(600), idleTimeout: 605 })
    await expect.poll(async () => (await times(stage, id)).session).toEqual(readAt)
  })

  test('counts when the request succeeded, whatever it was', async ({ stage }) => {
    const uses: Record<
      string,
      (place: Place, tokens: { access?: string; refresh?: string }) => Promise<unknown>
    > = {
      refresh: ({ party }, tokens) => refresh(party, tokens.refresh!),
      introspection: ({ party }, tokens) => introspect(party, tokens.access!),
      'single sign-on': (place) => silent(place),
      redemption: async (place) => redeemed(place, await place.ask()),
    }
    for (const [what, use] of Object.entries(uses)) {
      const { place, id, tokens } = await unused(stage)
      await use(place, tokens)
      await stage.node.services.activity.flush()
      expect(Date.now() - Number((await times(stage, id)).session), what).toBeLessThan(MINUTE)
    }
  })

  test('does not count when the request failed', async ({ stage }) => {
    const { place, id, tokens } = await unused(stage)
    const { code } = heldIn(await place.ask())
    await stage.node.services.activity.flush()
    await stage.database.pool.query(AGE, [id, await loginOf(place)])

    await redeem(place.party, code!.code, 'x'.repeat(43))
    await refresh(place.party, tokens.refresh!, { resource: 'https://nowhere.example/' })
    await stage.node.services.activity.flush()
    expect(Date.now() - Number((await times(stage, id)).session)).toBeGreaterThan(9 * MINUTE)
  })

  test('that arrives late from another node does not take a later one back', async ({ stage }) => {
    const { id } = await unused(stage)
    const [early, late] = [createActivity(stage.ender), createActivity(stage.node.services)]
    const at = new Date()
    early.seen(id, new Date(at.getTime() - 5000))
    late.seen(id, at)
    await late.flush()
    await early.flush()
    expect(await times(stage, id)).toEqual({ session: at, login: at })
  })

  test('leaves what has ended as it is', async ({ stage }) => {
    const { id, login } = await unused(stage)
    const before = await times(stage, id)
    const activity = createActivity(stage.ender)
    activity.seen(id, new Date())
    await endSession(stage.ender, id, { cause: 'administrator', by })
    await endLogin(stage.ender, login, { cause: 'logout', by })
    await activity.flush()
    expect(await times(stage, id)).toEqual(before)
  })

  test('is kept when it cannot be written, and written with the next', async ({ stage }) => {
    const { id } = await unused(stage)
    const other = await unused(stage)
    const proxy = await openProxy(stage.database.url)
    const database = openDatabase({ ...SMALL, url: proxy.url }, QUIET)
    const activity = createActivity(database)
    const [first, second] = [new Date(Date.now() - 5000), new Date()]
    activity.seen(id, first)
    activity.seen(other.id, first)

    await proxy.goDown()
    await expect(activity.flush()).rejects.toMatchObject({ code: 'unavailable' })
    activity.seen(other.id, second)
    await proxy.comeUp()
    await activity.flush()
    await database.close()
    await proxy.goDown()

    expect(await times(stage, id)).toEqual({ session: first, login: first })
    expect(await times(stage, other.id)).toEqual({ session: second, login: second })
  })

  test('does not meet an end of its login half-way', async ({ stage }) => {
    const { id, login } = await unused(stage)
    const held = stage.ender.proxy.hold('sessions_lock_logins')
    const end = endLogin(stage.ender, login, { cause: 'logout', by })
    await held.reached
    const activity = createActivity(stage.node.services)
    activity.seen(id, new Date())
    const flush = activity.flush()
    await somebodyWaits(stage, flush)
    held.release()
    await Promise.all([end, flush])
    expect(stage.proxy.deadlocks() + stage.ender.proxy.deadlocks()).toBe(0)
  })
})

test('2,500 uses on each of two nodes are written in batches, in whatever order', async ({
  stage,
}) => {
  const { place } = await unused(stage)
  const { rows } = await stage.database.pool.query<{ id: SessionId }>(MANY, [place.workspace.id])
  const at = new Date()
  const nodes = [createActivity(stage.ender), createActivity(stage.node.services)] as const
  for (const { id } of rows) nodes[0].seen(id, at)
  for (const { id } of rows.toReversed()) nodes[1].seen(id, at)
  await Promise.all(nodes.map((activity) => activity.flush()))

  const written = 'SELECT count(*)::int FROM session WHERE last_seen_at = $1'
  expect((await stage.database.pool.query(written, [at])).rows).toEqual([{ count: 2500 }])
  expect(stage.proxy.deadlocks() + stage.ender.proxy.deadlocks()).toBe(0)
})

async function times({ database }: Stage, id: SessionId) {
  const { rows } = await database.pool.query<{ session: Date; login: Date }>(TIMES, [id])
  return rows[0]!
}

const AGE = `
  WITH aged AS (UPDATE session SET last_seen_at = clock_timestamp() - interval '10 minutes'
    WHERE id = $1)
  UPDATE login SET last_seen_at = clock_timestamp() - interval '10 minutes' WHERE id = $2`
const TIMES = `SELECT s.last_seen_at AS session, l.last_seen_at AS login
  FROM session s JOIN login l ON l.id = s.login_id WHERE s.id = $1`
const MANY = `INSERT INTO session (id, kind, workspace_id, created_at, last_seen_at,
    absolute_end_at, idle_timeout)
  SELECT gen_random_uuid(), 'api', $1, t, t, t + interval '8 hours', 1800
  FROM generate_series(1, 2500), (SELECT now() - interval '10 minutes' AS t) AS past
  RETURNING id`
