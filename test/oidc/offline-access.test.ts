import { disableUser } from '../../src/access/disable-user.ts'
import { withdrawConsent } from '../../src/access/withdraw-consent.ts'
import { endLogin, endUser } from '../../src/sessions/ending/end.ts'
import { sweep } from '../../src/sessions/ending/sweep.ts'
import { away } from '../sessions/away.ts'
import { loginOf, placeOn, redeemed, type Visit, whatWorks } from '../sessions/place.ts'
import { expect, test } from '../sessions/stage.ts'
import { introspect, redeem, refresh, revoke } from '../support/relying-party.ts'

const by = { kind: 'operator' } as const

async function live({ stage, user }: Visit): Promise<string[]> {
  const text = `SELECT kind FROM session_check WHERE user_id = $1 AND refusal IS NULL ORDER BY kind`
  const { rows } = await stage.database.pool.query<{ kind: string }>(text, [user.id])
  return rows.map(({ kind }) => kind)
}

test.describe('offline access', () => {
  test('begins a session of its own, which outlives the logout', async ({ stage }) => {
    const { visit, body, token } = await away(stage)
    expect(await live(visit)).toEqual(['login', 'offline'])

    await endLogin(stage.ender, await loginOf(visit), { cause: 'logout', by })

    expect(await live(visit)).toEqual(['offline'])
    const refreshed = await refresh(visit.party, token)
    expect(refreshed.status).toBe(200)
    for (const { access_token: access } of [body, refreshed.body])
      expect((await introspect(visit.party, String(access))).body.active).toBe(true)
  })

  test('has a key, a workspace and limits of its own, and no login', async ({ stage }) => {
    const { visit } = await away(stage)
    const text = `SELECT kind, login_id IS NULL AS "noLogin", workspace_id AS workspace, idle_timeout AS idle,
        round(extract(epoch FROM absolute_end_at - created_at))::int AS absolute
      FROM session WHERE user_id = $1 AND kind = 'offline'`
    const { rows } = await stage.database.pool.query(text, [visit.user.id])
    const day = 86_400
    const limits = { idle: 30 * day, absolute: 90 * day }
    expect(rows).toEqual([
      { kind: 'offline', noLogin: true, workspace: visit.workspace.id, ...limits },
    ])
    const keys = 'SELECT count(DISTINCT secret_wrapped)::int FROM session WHERE user_id = $1'
    expect((await stage.database.pool.query(keys, [visit.user.id])).rows).toEqual([{ count: 2 }])
  })

  test('is not begun without the question', async ({ stage }) => {
    const place = await placeOn(stage)
    const asked = await place.ask({ scope: 'openid offline_access' })
    const tokens = await redeemed(place, asked)
    await endLogin(stage.ender, await loginOf(place), { cause: 'logout', by })
    expect(await whatWorks(place, tokens)).toEqual([])
  })

  test('ends with its revoked token', async ({ stage }) => {
    const { visit, token } = await away(stage)
    await revoke(visit.party, token)
    expect((await refresh(visit.party, token)).body.error).toBe('invalid_grant')
    expect(await live(visit)).toEqual(['login'])
  })

  test('ends with the consent', async ({ stage }) => {
    const { visit, token } = await away(stage)
    const { consentId: id, user } = visit
    await withdrawConsent(stage.ender, { id, userId: user.id, by })
    expect((await refresh(visit.party, token)).body.error).toBe('invalid_grant')
    expect(await live(visit)).toEqual(['login'])
  })

  test('ends with the person, but not with being logged out everywhere', async ({ stage }) => {
    const { visit, token } = await away(stage)
    await endUser(stage.ender, visit.user.id, { cause: 'logout_everywhere', by })
    const next = await refresh(visit.party, token)
    expect(next.status).toBe(200)

    await disableUser(stage.ender, visit.user.id, by)
    const last = await refresh(visit.party, String(next.body.refresh_token))
    expect(last.body.error).toBe('invalid_grant')
    expect(await live(visit)).toEqual([])
  })

  test('ends with a code that is used again', async ({ stage }) => {
    const { visit, token, code } = await away(stage)
    await stage.database.pass('6s')
    await redeem(visit.party, code.code, code.verifier)
    expect((await refresh(visit.party, token)).body.error).toBe('invalid_grant')
    expect(await live(visit)).toEqual(['login'])
  })

  test('is idle after 30 days and over after 90', async ({ stage }) => {
    const { visit, token: first } = await away(stage)
    const idle = await away(stage)
    let token = first
    for (const wait of ['29d', '29d', '29d']) {
      await stage.database.pass(wait)
      const answer = await refresh(visit.party, token)
      expect(answer.status, wait).toBe(200)
      token = String(answer.body.refresh_token)
      await stage.node.services.activity.flush()
    }
    expect((await refresh(idle.visit.party, idle.token)).body.error).toBe('invalid_grant')
    await stage.database.pass('4d')
    expect((await refresh(visit.party, token)).body.error).toBe('invalid_grant')

    await sweep(stage.ender)
    const text = `SELECT end_cause FROM session WHERE kind = 'offline' AND user_id = ANY($1)`
    const people = [visit.user.id, idle.visit.user.id]
    const { rows } = await stage.database.pool.query(text, [people])
    expect(rows.map(({ end_cause }) => end_cause).sort()).toEqual(['absolute', 'idle'])
  })
})
