import { disableUser } from '../../src/access/disable-user.ts'
import { removeMember } from '../../src/access/remove-member.ts'
import type { LoginId, WorkspaceId } from '../../src/ids.ts'
import { closeUser, endLogin, endSession } from '../../src/sessions/end.ts'
import { type Entered, enterWorkspace } from '../../src/sessions/enter-workspace.ts'
import { PASSWORD_PROOF } from '../../src/sessions/login.ts'
import { proveAgain } from '../../src/sessions/start-login.ts'
import { startNode } from '../support/world.ts'
import { expect, type Stage, somebodyWaits, test } from './stage.ts'

const by = { kind: 'operator' } as const

/** A person who is logged in, and one of their two workspaces, in which nobody has been. */
async function atTheDoor({ given, node }: Stage) {
  const user = await given.user()
  await given.workspace(user)
  const workspace = await given.workspace(user)
  const { loginId } = await given.browser(user)
  const place = { loginId, workspaceId: workspace.id, context: {} }
  return { user, workspace, loginId, place, enter: () => enterWorkspace(node.services, place) }
}

test.describe('entering a workspace', () => {
  test('50 times at once on two nodes makes one session and one epoch', async ({ stage }) => {
    const { place, enter } = await atTheDoor(stage)
    const other = await startNode(stage.database)
    const entries = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        at % 2 ? enter() : enterWorkspace(other.services, place),
      ),
    ).finally(other.close)

    expect(new Set(entries.map(sessionIn)).size).toBe(1)
    expect(entries.filter((one) => one.entered && one.created)).toHaveLength(1)
    expect(await rowsOf(stage, place)).toEqual({
      sessions: 1,
      live: 1,
      unended: 1,
      epochs: 1,
      entries: 1,
    })
  })

  test('again finds the session that is there', async ({ stage }) => {
    const { enter } = await atTheDoor(stage)
    const first = await enter()
    expect(await enter()).toMatchObject({ entered: true, created: false })
    expect(sessionIn(await enter())).toBe(sessionIn(first))
  })

  test('is for members', async ({ stage }) => {
    const { place, user, enter } = await atTheDoor(stage)
    await removeMember(stage.node.services, { ...place, userId: user.id, by })
    expect(await enter()).toEqual({ entered: false, reason: 'not_a_member' })
  })

  test('with a login that has ended asks for one', async ({ stage }) => {
    const { loginId, enter } = await atTheDoor(stage)
    await endLogin(stage.ender, loginId, { cause: 'logout', by })
    expect(await enter()).toEqual({ entered: false, reason: 'login_required' })
  })

  test('after an end takes a proof that is later', async ({ stage }) => {
    const { user, loginId, place, enter } = await atTheDoor(stage)
    const first = sessionIn(await enter())!
    await endSession(stage.ender, first, { cause: 'administrator', by })
    expect(await enter()).toEqual({ entered: false, reason: 'login_required' })

    const person = { userId: user.id, proof: PASSWORD_PROOF, context: {} }
    await proveAgain(stage.node.services, loginId, person)
    expect(await enter()).toMatchObject({ entered: true, created: true })
    expect(await rowsOf(stage, place)).toMatchObject({ sessions: 2, live: 1 })
  })

  test('a session that has expired ends it first, and takes a proof', async ({ stage }) => {
    const { place, enter } = await atTheDoor(stage)
    const first = sessionIn(await enter())!
    await stage.database.pool.query(LONG_AGO, [first])

    expect(await enter()).toEqual({ entered: false, reason: 'login_required' })
    expect(await rowsOf(stage, place)).toMatchObject({ sessions: 1, live: 0 })
  })

  test('a session that was found expired and used since then enters it', async ({ stage }) => {
    const { enter } = await atTheDoor(stage)
    const first = sessionIn(await enter())!
    await stage.database.pool.query(LONG_AGO, [first])
    const held = stage.proxy.hold('sessions_lock_ids')
    const again = enter()
    await held.reached
    await stage.database.pool.query(NOW, [first])
    held.release()

    expect(sessionIn(await again)).toBe(first)
  })
})

test.describe('entering while the way is closed', () => {
  const WAYS = {
    'membership is removed': ({ ender }: Stage, { user, place }: Door) =>
      removeMember(ender, { ...place, userId: user.id, by }),
    'login ends': ({ ender }: Stage, { loginId }: Door) =>
      endLogin(ender, loginId, { cause: 'logout', by }),
    'person is disabled': ({ ender }: Stage, { user }: Door) => disableUser(ender, user.id, by),
  }

  for (const [what, close] of Object.entries(WAYS)) {
    test(`because the ${what} leaves no session`, async ({ stage }) => {
      const door = await atTheDoor(stage)
      const held = stage.proxy.hold('session_insert')
      const entry = door.enter()
      await held.reached
      const closed = close(stage, door)
      await somebodyWaits(stage, closed)
      held.release()
      await Promise.all([entry, closed])
      expect(await rowsOf(stage, door.place)).toMatchObject({ sessions: 1, unended: 0 })
    })

    test(`because the ${what} leaves none when all come at once`, async ({ stage }) => {
      const door = await atTheDoor(stage)
      await Promise.all([...Array.from({ length: 10 }, door.enter), close(stage, door)])
      expect(await rowsOf(stage, door.place)).toMatchObject({ unended: 0 })
      expect(await door.enter()).toMatchObject({ entered: false })
    })
  }

  test('makes no session that is younger than the gate', async ({ stage }) => {
    const { user, enter, place } = await atTheDoor(stage)
    const held = stage.proxy.hold('session_insert')
    const entry = enter()
    await held.reached
    const closing = closeUser(stage.ender.db, user.id, { cause: 'logout_everywhere', by })
    await somebodyWaits(stage, closing)
    held.release()
    await Promise.all([entry, closing])

    expect(await rowsOf(stage, place)).toMatchObject({ sessions: 1, live: 0 })
  })
})

test.afterEach(({ stage }) => {
  expect(stage.proxy.deadlocks() + stage.ender.proxy.deadlocks()).toBe(0)
})

type Door = Awaited<ReturnType<typeof atTheDoor>>

const sessionIn = (result: Entered) => (result.entered ? result.session.id : null)

async function rowsOf(
  { database }: Stage,
  { loginId, workspaceId }: { readonly loginId: LoginId; readonly workspaceId: WorkspaceId },
) {
  return (await database.pool.query(ROWS, [loginId, workspaceId])).rows[0]
}

const ROWS = `
  WITH s AS (SELECT session_id, refusal, ended_at FROM session_check
    WHERE login_id = $1 AND workspace_id = $2)
  SELECT (SELECT count(*)::int FROM s) AS sessions,
    (SELECT count(*)::int FROM s WHERE refusal IS NULL) AS live,
    (SELECT count(*)::int FROM s WHERE ended_at IS NULL) AS unended,
    (SELECT count(*)::int FROM epoch_key WHERE workspace_id = $2) AS epochs,
    (SELECT count(*)::int FROM entry JOIN s ON subject_id = session_id::text
      WHERE action = 'session.created') AS entries`

const LONG_AGO = `UPDATE session SET last_seen_at = last_seen_at - interval '31 minutes'
  WHERE id = $1`
const NOW = 'UPDATE session SET last_seen_at = clock_timestamp() WHERE id = $1'
