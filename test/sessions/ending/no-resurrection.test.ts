import { liveLogin } from '../../../src/sessions/login/login-cookie.ts'
import { type Holding, loginOf, type Place, placeOn, silent, whatWorks } from '../place.ts'
import { ENDS, type EndName, REQUESTS } from '../races.ts'
import { expect, somebodyWaits, test } from '../stage.ts'

const KEEPS_SESSION: readonly EndName[] = [
  'consent that is withdrawn',
  'grant by a revoked token',
  'offline session',
  'client that is disabled',
  'client that is deleted',
]
const KEEPS_LOGIN: readonly EndName[] = [
  ...KEEPS_SESSION,
  'session',
  'member who is removed',
  'workspace that is archived',
]

for (const [what, request] of Object.entries(REQUESTS)) {
  const { holds, ends, reachedBy = ends } = request
  const last = holds.at(-1)!
  const left = (end: EndName) => (KEEPS_SESSION.includes(end) ? ['session'] : [])
  // Who comes too late for a yes has no session either, if none was there.
  const leftBefore = (end: EndName) => (request.begins === 'session' ? [] : left(end))
  // From its second statement on, a request has its locks and comes before any end.
  const holdsBefore = (end: EndName) => (reachedBy.includes(end) ? holds : holds.slice(0, 1))

  for (const end of ends)
    for (const statement of holdsBefore(end))
      test(`${what}, held before ${statement}: the ${end} stays ended`, async ({ stage }) => {
        const { place, send } = await request.prepare(stage)
        const held = stage.proxy.hold(statement)
        const answer = settled(send())
        await held.reached

        const ended = ENDS[end].run(place)
        await somebodyWaits(stage, ended)
        held.release()
        await ended

        // What the end came before has seen it, and gives out no tokens that are dead already.
        if (statement === holds[0]) expect(await answer).not.toHaveProperty('access')
        await nothingLives(place, await answer, { end, left: leftBefore(end) })
      })

  for (const end of reachedBy)
    test(`${what}, committed first: the end of the ${end} reaches it`, async ({ stage }) => {
      const { place, send } = await request.prepare(stage)
      const held = request.commits === 'together' ? stage.proxy.holdCommitOf(last) : null
      const answer = settled(send())
      await (held?.reached ?? answer)

      const ended = ENDS[end].run(place)
      await somebodyWaits(stage, ended)
      held?.release()
      await ended

      await nothingLives(place, await answer, { end, left: left(end) })
    })

  for (const end of ends)
    test(`${what}, at once with the end of the ${end}`, async ({ stage }) => {
      const { place, send } = await request.prepare(stage)
      const held = stage.proxy.hold(holdsBefore(end).at(-1)!)
      const answer = settled(send())
      await held.reached
      const heldEnd = stage.ender.proxy.hold('COMMIT')
      const ended = ENDS[end].run(place)
      await Promise.race([heldEnd.reached, somebodyWaits(stage, ended)])

      held.release()
      await somebodyWaits(stage, answer)
      heldEnd.release()
      await ended

      await nothingLives(place, await answer, { end, left: leftBefore(end) })
    })
}

test('a first entry does not pass an end of the session that another tab made meanwhile', async ({
  stage,
}) => {
  const place = await placeOn(stage)
  const held = stage.proxy.hold('session_begin')
  const answer = place.ask({ prompt: 'none' })
  await held.reached
  await place.ask()
  await ENDS.session.run(place)
  held.release()

  expect((await answer).url.searchParams.get('error')).toBe('login_required')
  await nothingLives(place, {}, { end: 'session', left: [] })
})

test('no code is given out for a session that ended meanwhile', async ({ stage }) => {
  const place = await placeOn(stage)
  await place.ask()
  const held = stage.proxy.hold('code_insert')
  const answer = place.ask({ prompt: 'none' })
  await held.reached
  await ENDS.session.run(place)
  held.release()

  expect((await answer).url.searchParams.get('error')).toBe('login_required')
})

test.describe.configure({ timeout: 60_000 })

test.afterEach(({ stage }) => {
  expect(stage.proxy.deadlocks() + stage.ender.proxy.deadlocks()).toBe(0)
})

/** An answer that broke off holds nothing; whoever waits for it later has it all the same. */
function settled(answer: Promise<Holding>): Promise<Holding> {
  void answer.catch(() => undefined)
  return answer
}

interface Ended {
  readonly end: EndName
  /** What a check would still let pass. */
  readonly left: readonly string[]
}

async function nothingLives(place: Place, holding: Holding, { end, left }: Ended): Promise<void> {
  expect(await whatWorks(place, holding)).toEqual([])
  expect(await accepted(place)).toEqual(left)
  const login = await liveLogin(place.stage.node.services, await loginOf(place))
  expect(login !== null).toBe(KEEPS_LOGIN.includes(end))
  expect(await untold(place)).toBe(0)
  expect(await silent(place)).toBe(ENDS[end].silent)
}

/** How many offline sessions have ended without exactly one word to a client that listens. */
async function untold({ stage, user }: Place): Promise<number> {
  const { rows } = await stage.database.pool.query<{ count: number }>(UNTOLD, [user.id])
  return rows[0]!.count
}

const UNTOLD = `
  SELECT count(*)::int FROM session s
  JOIN "grant" g ON g.session_id = s.id
  JOIN client c ON c.id = g.client_id AND c.metadata ? 'backchannel_logout_uri'
  WHERE s.user_id = $1 AND s.kind = 'offline' AND s.ended_at IS NOT NULL AND 1 <> (
    SELECT count(*) FROM delivery d WHERE d.session_id = s.id AND d.client_id = c.id)`

/** The kinds of rows that a check would let pass, and what was saved behind an end's back. */
async function accepted({ stage, user }: Place): Promise<string[]> {
  const { rows } = await stage.database.pool.query<{ kind: string }>(ACCEPTED, [user.id])
  return rows.map(({ kind }) => kind)
}

const ACCEPTED = `
  WITH live AS (SELECT session_id, workspace_id FROM session_check WHERE user_id = $1 AND refusal IS NULL),
  standing AS (SELECT g.id, g.epoch, g.client_id, live.workspace_id
    FROM "grant" g JOIN live USING (session_id)
    WHERE g.ended_at IS NULL)
  SELECT 'session' AS kind FROM live
  UNION SELECT 'family' FROM family f
    JOIN standing g ON g.id = f.grant_id AND g.epoch = f.grant_epoch
  UNION SELECT 'code' FROM artifact a JOIN standing g ON g.id = a.grant_id
    WHERE a.consumed_at IS NULL AND g.epoch = 0
  UNION SELECT 'code after the end' FROM artifact a JOIN session s ON s.id = a.session_id
    WHERE s.user_id = $1 AND s.ended_at IS NOT NULL
  UNION SELECT 'grant without a yes' FROM standing g
    WHERE NOT EXISTS (SELECT FROM consent k WHERE k.user_id = $1 AND k.client_id = g.client_id
      AND k.workspace_id = g.workspace_id AND k.withdrawn_at IS NULL)
  ORDER BY kind`
