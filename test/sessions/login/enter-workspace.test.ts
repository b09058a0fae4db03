import { archiveWorkspace } from '../../../src/access/archive-workspace.ts'
import { disableUser } from '../../../src/access/disable-user.ts'
import { removeMember } from '../../../src/access/remove-member.ts'
import { withdrawConsent } from '../../../src/access/withdraw-consent.ts'
import { destroyUnusedEpochs } from '../../../src/keys/epochs.ts'
import { closeUser, endLogin, endSession } from '../../../src/sessions/ending/end.ts'
import { PASSWORD_PROOF } from '../../../src/sessions/login/login.ts'
import { proveAgain } from '../../../src/sessions/login/start-login.ts'
import { startNode } from '../../support/world.ts'
import { loginOf, type Place, placeOn, sessionOf, silent, visitOn } from '../place.ts'
import { expect, holdRow, type Stage, somebodyWaits, someWait, test } from '../stage.ts'

const by = { kind: 'operator' } as const

/** A person who is logged in, and one of their two workspaces, in which nobody has been. */
async function atTheDoor(stage: Stage) {
  const place = await placeOn(stage)
  const { user, workspace } = place
  await stage.given.workspace(user)
  const loginId = await loginOf(place)
  const wanted = { workspace: workspace.slug }
  const enter = (issuer = place.party.issuer) => silent(place, wanted, { ...place.party, issuer })
  return {
    ...place,
    loginId,
    place: { ...place, userId: user.id, workspaceId: workspace.id },
    enter,
  }
}

type Door = Awaited<ReturnType<typeof atTheDoor>>

test.describe('entering a workspace', () => {
  test('50 times at once on two nodes makes one session and one epoch', async ({ stage }) => {
    const door = await atTheDoor(stage)
    const other = await startNode(stage.database)
    const entries = await Promise.all(
      Array.from({ length: 50 }, (_, at) => door.enter(at % 2 ? other.issuer : undefined)),
    ).finally(other.close)

    expect(entries).toEqual(Array.from({ length: 50 }, () => 'code'))
    expect(await rowsOf(door)).toEqual({
      sessions: 1,
      live: 1,
      unended: 1,
      grants: 1,
      epochs: 1,
      entries: 1,
    })
  })

  test('20 times at once from another client makes one grant there', async ({ stage }) => {
    const door = await atTheDoor(stage)
    await door.enter()
    const client = await stage.given.client()
    await stage.given.consent(door.user, door.workspace, client)
    const other = { ...door.party, clientId: client.clientId, secret: client.secret }
    const wanted = { workspace: door.workspace.slug }
    const entries = Array.from({ length: 20 }, () => silent(door, wanted, other))

    expect(new Set(await Promise.all(entries))).toEqual(new Set(['code']))
    expect(await rowsOf(door)).toMatchObject({ sessions: 1, grants: 2, entries: 1 })
  })

  test('in two tabs of one browser, where its person proves it again, is one session', async ({
    stage,
  }) => {
    const visit = await visitOn(stage)
    await visit.logIn((await visit.ask()).page)
    const loginId = await loginOf(visit)
    await endSession(stage.ender, await sessionOf(visit), { cause: 'administrator', by })
    const tabs = [await visit.ask({ prompt: 'login' }), await visit.ask({ prompt: 'login' })]
    const ends = await Promise.all(tabs.map(({ page }) => visit.logIn(page)))

    expect(ends.map(({ url }) => url.searchParams.has('code'))).toEqual([true, true])
    expect(await loginOf(visit)).toBe(loginId)
    expect(await rowsOf({ ...visit, loginId })).toMatchObject({ sessions: 2, live: 1, entries: 2 })
  })

  test('again finds the session that is there', async ({ stage }) => {
    const door = await atTheDoor(stage)
    await door.enter()
    const first = await sessionOf(door)
    expect(await door.enter()).toBe('code')
    expect(await sessionOf(door)).toBe(first)
    expect(await rowsOf(door)).toMatchObject({ sessions: 1, entries: 1 })
  })

  test('is for members', async ({ stage }) => {
    const door = await atTheDoor(stage)
    await removeMember(stage.node.services, { ...door.place, by })
    expect(await door.enter()).toBe('access_denied')
  })

  test('with a login that has ended asks for one', async ({ stage }) => {
    const door = await atTheDoor(stage)
    await endLogin(stage.ender, door.loginId, { cause: 'logout', by })
    expect(await door.enter()).toBe('login_required')
  })

  test('after an end takes a proof that is later', async ({ stage }) => {
    const door = await atTheDoor(stage)
    await door.enter()
    await endSession(stage.ender, await sessionOf(door), { cause: 'administrator', by })
    expect(await door.enter()).toBe('login_required')

    const person = { userId: door.user.id, proof: PASSWORD_PROOF, context: {} }
    await proveAgain(stage.node.services, door.loginId, person)
    expect(await door.enter()).toBe('code')
    expect(await rowsOf(door)).toMatchObject({ sessions: 2, live: 1 })
  })

  test('a session that has expired ends it first, and takes a proof', async ({ stage }) => {
    const door = await atTheDoor(stage)
    await door.enter()
    await stage.database.pool.query(LONG_AGO, [await sessionOf(door)])

    expect(await door.enter()).toBe('login_required')
    expect(await rowsOf(door)).toMatchObject({ sessions: 1, unended: 0 })
  })

  test('a session that was found expired and used since then enters it', async ({ stage }) => {
    const door = await atTheDoor(stage)
    await door.enter()
    const first = await sessionOf(door)
    await stage.database.pool.query(LONG_AGO, [first])
    const held = stage.proxy.hold('sessions_lock_ids')
    const again = door.enter()
    await held.reached
    await stage.database.pool.query(NOW, [first])
    held.release()

    expect(await again).toBe('code')
    expect(await sessionOf(door)).toBe(first)
  })

  for (const [when, statement] of [
    ['before its session is written', 'session_begin'],
    ['before it is read', 'epoch_find'],
  ] as const)
    test(`with a key that is destroyed ${when} takes another`, async ({ stage }) => {
      const door = await atTheDoor(stage)
      await door.enter()
      await endSession(stage.ender, await sessionOf(door), { cause: 'administrator', by })
      const person = { userId: door.user.id, proof: PASSWORD_PROOF, context: {} }
      await proveAgain(stage.node.services, door.loginId, person)
      const epoch = await stage.database.pool.query(
        'SELECT id FROM epoch_key WHERE workspace_id = $1',
        [door.workspace.id],
      )
      if (statement === 'epoch_find') stage.node.services.keyring.forgetEpoch(epoch.rows[0].id)

      const held = stage.proxy.hold(statement)
      const entry = door.enter()
      await held.reached
      await destroyUnusedEpochs(stage.ender.db, { epochRotation: 0 })
      held.release()

      expect(await entry).toBe('code')
      expect(await rowsOf(door)).toMatchObject({ sessions: 2, live: 1, epochs: 2 })
      expect((await stage.database.pool.query(WRAPPING, [await sessionOf(door)])).rows).toEqual([
        { destroyed: false },
      ])
    })
})

interface Way {
  readonly close: (stage: Stage, door: Door) => Promise<unknown>
  readonly answer: string
  /** What it leaves of an entry that came before it. */
  readonly leaves: Record<string, number>
  /** What is not there any more, whoever came first. */
  readonly never: Record<string, number>
}

const WAYS: Record<string, Way> = {
  'membership is removed': {
    close: ({ ender }, { place }) => removeMember(ender, { ...place, by }),
    answer: 'access_denied',
    leaves: { sessions: 1, unended: 0 },
    never: { unended: 0 },
  },
  'workspace is archived': {
    close: ({ ender }, { workspace }) => archiveWorkspace(ender, workspace.id, by),
    answer: 'access_denied',
    leaves: { sessions: 1, unended: 0 },
    never: { unended: 0 },
  },
  'login ends': {
    close: ({ ender }, { loginId }) => endLogin(ender, loginId, { cause: 'logout', by }),
    answer: 'login_required',
    leaves: { sessions: 1, unended: 0 },
    never: { unended: 0 },
  },
  'person is disabled': {
    close: ({ ender }, { user }) => disableUser(ender, user.id, by),
    answer: 'login_required',
    leaves: { sessions: 1, unended: 0 },
    never: { unended: 0 },
  },
  'consent is withdrawn': {
    close: ({ ender }, { user, consentId }) =>
      withdrawConsent(ender, { id: consentId, userId: user.id, by }),
    answer: 'consent_required',
    leaves: { sessions: 1, live: 1, grants: 0 },
    never: { grants: 0 },
  },
  'gate of the person closes': {
    close: ({ ender }, { user }) =>
      closeUser(ender.db, user.id, { cause: 'logout_everywhere', by }),
    answer: 'login_required',
    leaves: { sessions: 1, live: 0 },
    never: { live: 0 },
  },
}

test.describe('entering while the way is closed', () => {
  for (const [what, { close, answer, leaves, never }] of Object.entries(WAYS)) {
    test(`because the ${what} first makes no session`, async ({ stage }) => {
      const door = await atTheDoor(stage)
      const held = stage.proxy.hold('session_begin')
      const entry = door.enter()
      await held.reached
      await close(stage, door)
      held.release()

      expect(await entry).toBe(answer)
      expect(await rowsOf(door)).toMatchObject({ sessions: 0, grants: 0, entries: 0 })
    })

    test(`because the ${what} as it waits makes none either`, async ({ stage }) => {
      const door = await atTheDoor(stage)
      const held = stage.proxy.hold('session_begin')
      const entry = door.enter()
      await held.reached
      const heldEnd = stage.ender.proxy.hold('COMMIT')
      const closed = close(stage, door)
      await heldEnd.reached
      held.release()
      await somebodyWaits(stage, entry)
      heldEnd.release()
      await closed

      expect(await entry).toBe(answer)
      expect(await rowsOf(door)).toMatchObject({ sessions: 0, grants: 0, entries: 0 })
    })

    test(`because the ${what} in its midst is reached by it`, async ({ stage }) => {
      const door = await atTheDoor(stage)
      const client = await holdRow(stage, LAST_HELD, [door.party.clientId])
      const entry = door.enter()
      await someWait(stage, 1)
      const closed = close(stage, door)
      await someWait(stage, 2)
      await client.release()

      expect(await entry).toBe('code')
      await closed
      expect(await rowsOf(door)).toMatchObject(leaves)
    })

    test(`because the ${what} leaves none when all come at once`, async ({ stage }) => {
      const door = await atTheDoor(stage)
      const entries = Array.from({ length: 10 }, () => door.enter())
      await Promise.all([...entries, close(stage, door)])
      expect(await rowsOf(door)).toMatchObject(never)
      expect(await door.enter()).toBe(answer)
    })
  }

  test('by a session that began and ended while it waited takes a proof', async ({ stage }) => {
    const door = await atTheDoor(stage)
    const login = await holdRow(stage, 'SELECT FROM login WHERE id = $1 FOR UPDATE', [door.loginId])
    const entry = door.enter()
    await someWait(stage, 1)
    await login.query(BAR, [door.loginId, door.workspace.id])
    await login.release()

    expect(await entry).toBe('login_required')
    expect(await rowsOf(door)).toMatchObject({ sessions: 0, grants: 0, entries: 0 })
  })
})

test.afterEach(({ stage }) => {
  expect(stage.proxy.deadlocks() + stage.ender.proxy.deadlocks()).toBe(0)
})

async function rowsOf({ stage, loginId, workspace }: Place & Pick<Door, 'loginId'>) {
  return (await stage.database.pool.query(ROWS, [loginId, workspace.id])).rows[0]
}

const ROWS = `
  WITH s AS (SELECT session_id, refusal, ended_at FROM session_check
    WHERE login_id = $1 AND workspace_id = $2)
  SELECT (SELECT count(*)::int FROM s) AS sessions,
    (SELECT count(*)::int FROM s WHERE refusal IS NULL) AS live,
    (SELECT count(*)::int FROM s WHERE ended_at IS NULL) AS unended,
    (SELECT count(*)::int FROM "grant" g JOIN s USING (session_id) WHERE g.ended_at IS NULL)
      AS grants,
    (SELECT count(*)::int FROM epoch_key WHERE workspace_id = $2) AS epochs,
    (SELECT count(*)::int FROM entry JOIN s ON subject_id = session_id::text
      WHERE action = 'session.created') AS entries`

// What an entry locks last.
const LAST_HELD = 'SELECT FROM client WHERE client_id = $1 FOR UPDATE'
const BAR = `INSERT INTO login_barrier (login_id, workspace_id, after)
  VALUES ($1, $2, clock_timestamp())`
const WRAPPING = `SELECT e.destroyed_at IS NOT NULL AS destroyed
  FROM session s JOIN epoch_key e ON e.id = s.epoch_id WHERE s.id = $1`
const LONG_AGO = `UPDATE session SET last_seen_at = last_seen_at - interval '31 minutes'
  WHERE id = $1`
const NOW = 'UPDATE session SET last_seen_at = clock_timestamp() WHERE id = $1'
