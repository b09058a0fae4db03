import { removeMember } from '../../../src/access/remove-member.ts'
import { purge } from '../../../src/database/purge.ts'
import { createActivity } from '../../../src/sessions/activity.ts'
import { closeUser, closeWorkspace } from '../../../src/sessions/ending/end.ts'
import { sweep } from '../../../src/sessions/ending/sweep.ts'
import { liveLogin } from '../../../src/sessions/login/login-cookie.ts'
import { introspect } from '../../support/relying-party.ts'
import { loginOf, type Place, placeOn, redeemed, sessionOf, silent } from '../place.ts'
import { expect, type Stage, somebodyWaits, test } from '../stage.ts'

const by = { kind: 'operator' } as const

async function here(stage: Stage) {
  const place = await placeOn(stage)
  const tokens = await redeemed(place, await place.ask())
  await stage.node.services.activity.flush()
  return { place, tokens, id: await sessionOf(place), login: await loginOf(place) }
}

test.describe('sweeping what is idle', () => {
  test('leaves time for uses that are not written yet', async ({ stage }) => {
    const { place, tokens, id } = await here(stage)
    await stage.database.pass('30m5s')
    expect((await introspect(place.party, tokens.access!)).body.active).toBe(false)
    const activity = createActivity(stage.ender)
    activity.seen(id, new Date())

    await sweep(stage.ender)
    await activity.flush()

    expect(await endOf(stage, id)).toEqual({ session: null, login: null })
    expect(await silent(place)).toBe('code')
  })

  test('ends it when two flushes would have come', async ({ stage }) => {
    const { place, id } = await here(stage)
    await stage.database.pass('30m11s')
    await sweep(stage.ender)
    expect(await endOf(stage, id)).toEqual({ session: 'idle', login: null })
    expect(await silent(place)).toBe('login_required')
  })

  test('judges a login again that is being used at that moment', async ({ stage }) => {
    const { id, login } = await here(stage)
    await stage.database.pass('61m')
    const user = await stage.database.pool.connect()
    await user.query('BEGIN')
    await user.query(USE, [login])
    const swept = sweep(stage.ender)
    await somebodyWaits(stage, swept)
    await user.query('COMMIT')
    user.release()
    await swept
    expect(await endOf(stage, id)).toEqual({ session: 'idle', login: null })
    expect(await liveLogin(stage.node.services, login)).not.toBeNull()
  })

  test('ends a login, with all its sessions and without barriers', async ({ stage }) => {
    const { id, login } = await here(stage)
    await stage.database.pool.query('UPDATE session SET idle_timeout = 86400 WHERE id = $1', [id])
    await stage.database.pass('61m')
    await sweep(stage.ender)
    expect(await endOf(stage, id)).toEqual({ session: 'idle', login: 'idle' })
    const barriers = 'SELECT 1 FROM login_barrier WHERE login_id = $1'
    expect((await stage.database.pool.query(barriers, [login])).rows).toEqual([])
    expect(await entries(stage, [id, login])).toEqual(['login.ended idle', 'session.ended idle'])
  })
})

test.describe('sweeping what is over', () => {
  test('ends a login at its absolute end, however busy', async ({ stage }) => {
    const { place, id, login } = await here(stage)
    await stage.database.pass('7d1s')
    await stage.database.pool.query(BUSY, [id, login])
    await sweep(stage.ender)
    expect(await endOf(stage, id)).toEqual({ session: 'absolute', login: 'absolute' })
    expect(await silent(place)).toBe('login_required')
  })

  test('ends all in one go, however many', async ({ stage }) => {
    const { place } = await here(stage)
    await stage.database.pool.query(MANY, [place.workspace.id, place.user.id])
    await sweep(stage.ender)
    const left = `SELECT 1 FROM session WHERE workspace_id = $1 AND ended_at IS NULL AND kind = 'api'
      UNION ALL SELECT 1 FROM login WHERE user_id = $2 AND ended_at IS NULL AND acr = 'many'`
    const { rows } = await stage.database.pool.query(left, [place.workspace.id, place.user.id])
    expect(rows).toEqual([])
  })
})

test.describe('what a process left that died while it ended many', () => {
  test('is cleared up with the cause that the person was told of', async ({ stage }) => {
    const { place, id, login } = await here(stage)
    await closeUser(stage.ender.db, place.user.id, { cause: 'password_changed', by })
    const { loginId } = await stage.given.browser(place.user)

    await sweep(stage.ender)
    expect(await endOf(stage, id)).toEqual({ session: null, login: null })
    await stage.database.pass('61s')
    await sweep(stage.ender)

    const end = { session: 'password_changed', login: 'password_changed' }
    expect(await endOf(stage, id)).toEqual(end)
    expect(await entries(stage, [login])).toEqual(['login.ended password_changed'])
    expect(await liveLogin(stage.node.services, loginId)).not.toBeNull()
  })

  test('in a workspace is cleared up too', async ({ stage }) => {
    const { place, id } = await here(stage)
    await closeWorkspace(stage.ender.db, place.workspace.id)
    await stage.database.pass('61s')
    await sweep(stage.ender)
    expect(await endOf(stage, id)).toEqual({ session: 'workspace_archived', login: null })
  })
})

test('what ended is gone after a month, but for what was written down', async ({ stage }) => {
  const { place, id, login } = await here(stage)
  const { user, workspace } = place
  await removeMember(stage.ender, { userId: user.id, workspaceId: workspace.id, by })
  await stage.database.pass('61m')
  await sweep(stage.ender)
  const purging = () => purge(stage.ender.db, { endedFor: 30 * 86_400 })

  await stage.database.pass('29d')
  await purging()
  expect(await remains(stage, place, [id, login])).toContain('session')
  await stage.database.pass('2d')
  await purging()
  expect(await remains(stage, place, [id, login])).toEqual([])
  expect(await entries(stage, [id, login])).toEqual([
    'login.ended idle',
    'session.ended member_removed',
  ])
})

async function endOf({ database }: Stage, id: string) {
  const text = `SELECT s.end_cause AS session, l.end_cause AS login
    FROM session s JOIN login l ON l.id = s.login_id WHERE s.id = $1`
  return (await database.pool.query(text, [id])).rows[0]
}

async function entries({ database }: Stage, ids: readonly string[]): Promise<string[]> {
  const text = `SELECT action || ' ' || (detail->>'cause') AS entry FROM entry
    WHERE action LIKE '%.ended' AND subject_id = ANY($1) ORDER BY entry`
  const { rows } = await database.pool.query<{ entry: string }>(text, [ids])
  return rows.map(({ entry }) => entry)
}

async function remains({ database }: Stage, { user }: Place, ids: readonly string[]) {
  const { rows } = await database.pool.query<{ what: string }>(REMAINS, [ids, user.id])
  return rows.map(({ what }) => what)
}

const REMAINS = `
  SELECT 'session' AS what FROM session WHERE user_id = $2
  UNION SELECT 'login' FROM login WHERE user_id = $2
  UNION SELECT 'grant' FROM "grant" WHERE session_id = ANY($1::uuid[])
  UNION SELECT 'family' FROM family WHERE session_id = ANY($1::uuid[])
  UNION SELECT 'participant' FROM participant WHERE session_id = ANY($1::uuid[])
  UNION SELECT 'delivery' FROM delivery WHERE session_id = ANY($1::uuid[])
  UNION SELECT 'barrier' FROM login_barrier WHERE login_id = ANY($1::uuid[])
  UNION SELECT 'artifact' FROM artifact WHERE session_id = ANY($1::uuid[])
  ORDER BY what`

const USE = 'UPDATE login SET last_seen_at = clock_timestamp() WHERE id = $1'
const BUSY = `
  WITH used AS (UPDATE session SET last_seen_at = clock_timestamp() WHERE id = $1)
  UPDATE login SET last_seen_at = clock_timestamp() WHERE id = $2`
const MANY = `
  WITH past AS (SELECT now() - interval '1 day' AS t),
  sessions AS (
    INSERT INTO session (id, kind, workspace_id, created_at, last_seen_at, absolute_end_at,
      idle_timeout)
    SELECT gen_random_uuid(), 'api', $1, t, t, t + interval '7 days', 1800
    FROM past, generate_series(1, 1100))
  INSERT INTO login (id, user_id, auth_time, acr, root_version, created_at, last_seen_at,
    idle_timeout, absolute_end_at)
  SELECT gen_random_uuid(), $2, t, 'many', '', t, t, 3600, t + interval '7 days'
  FROM past, generate_series(1, 250)`
