import { decodeJwt } from 'jose'
import { createResource } from '../../src/clients/create-resource.ts'
import { formatId } from '../../src/ids.ts'
import { endLogin } from '../../src/sessions/ending/end.ts'
import { type Away, away } from '../sessions/away.ts'
import { loginOf, sessionOf } from '../sessions/place.ts'
import { expect, type Stage, test } from '../sessions/stage.ts'
import { introspect, redeem, refresh, userinfo } from '../support/relying-party.ts'

const by = { kind: 'operator' } as const
const API = 'https://api.example/away'

interface Story {
  readonly idToken: Record<string, unknown>
  readonly userinfo: Record<string, unknown>
  readonly introspection: Record<string, unknown>
}

/** All that one answer of the token endpoint says of sessions, wherever it says it. */
async function storyOf({ visit }: Away, body: Record<string, unknown>): Promise<Story> {
  const access = String(body.access_token)
  const info = await userinfo(visit.party, access)
  return {
    idToken: decodeJwt(String(body.id_token)),
    userinfo: JSON.parse(info.text) as Record<string, unknown>,
    introspection: (await introspect(visit.party, access)).body,
  }
}

/** The stories of the redemption, a refresh, and a refresh after the person has logged out. */
async function stories(stage: Stage, metadata: object = {}) {
  const stay = await away(stage, metadata, { nonce: 'once', max_age: '3600' })
  const redeemed = await storyOf(stay, stay.body)
  const second = await refresh(stay.visit.party, stay.token)
  const refreshed = await storyOf(stay, second.body)
  await endLogin(stage.ender, await loginOf(stay.visit), { cause: 'logout', by })
  const third = await refresh(stay.visit.party, String(second.body.refresh_token))
  const left = await storyOf(stay, third.body)
  return { stay, all: [redeemed, refreshed, left] }
}

async function endsOf({ database }: Stage, { here, offline }: Away) {
  const text = `SELECT floor(extract(epoch FROM absolute_end_at))::int AS "end" FROM session WHERE id = $1`
  const read = async (id: string) => (await database.pool.query(text, [id])).rows[0].end as number
  return { here: await read(here), offline: await read(offline) }
}

test.describe('tokens of an offline session', () => {
  test('name the stay in the browser and the one beside it, always the same', async ({ stage }) => {
    const { stay, all } = await stories(stage)
    const ends = await endsOf(stage, stay)
    const [sid, offlineSid] = [formatId('ses', stay.here), formatId('ses', stay.offline)]
    const names = { sid, offline_sid: offlineSid, offline_session_expiry: ends.offline }

    for (const story of all) {
      expect(story.idToken).toMatchObject({ ...names, session_expiry: ends.here })
      expect(story.userinfo).toMatchObject(names)
      expect(story.introspection).toMatchObject({
        active: true,
        sid: offlineSid,
        session_id: offlineSid,
      })
    }
  })

  test('name them for a pairwise client as for nobody else', async ({ stage }) => {
    const { stay, all } = await stories(stage, { subject_type: 'pairwise' })
    const [first] = all
    const { sid, offline_sid: offlineSid } = first!.idToken
    expect(sid).toMatch(/^[\w-]{32}$/)
    expect(offlineSid).toMatch(/^[\w-]{32}$/)
    expect(sid).not.toBe(offlineSid)

    for (const story of all) {
      expect(story.idToken).toMatchObject({ sid, offline_sid: offlineSid, sub: first!.idToken.sub })
      expect(story.userinfo).toMatchObject({ sid, offline_sid: offlineSid })
      expect(story.introspection.sid).toBe(offlineSid)
    }
    const told = JSON.stringify(all.map(({ idToken, userinfo }) => ({ idToken, userinfo })))
    for (const id of [stay.here, stay.offline]) expect(told).not.toContain(formatId('ses', id))
  })

  test('keep who proved themselves and when (OpenID Connect Core §12.2)', async ({ stage }) => {
    const { all } = await stories(stage)
    const [first, ...later] = all.map(({ idToken }) => idToken)
    expect(first!.nonce).toBe('once')
    for (const claims of later) {
      const { iss, sub, aud, auth_time } = first!
      expect(auth_time).toEqual(expect.any(Number))
      expect(claims).toMatchObject({ iss, sub, aud, auth_time })
      expect(claims).not.toHaveProperty('nonce')
    }
  })

  test('are, for an API, of the session that they die with', async ({ stage }) => {
    const description = {
      identifier: API,
      name: 'API',
      scopes: ['read'],
      tokenFormat: 'jwt' as const,
    }
    await createResource(stage.node.services.db, { description, by })
    const scope = 'openid offline_access read'
    const stay = await away(stage, {}, { scope, resource: API })
    const next = await refresh(stay.visit.party, stay.token)

    for (const { access_token: access } of [stay.body, next.body]) {
      const name = formatId('ses', stay.offline)
      expect(decodeJwt(String(access))).toMatchObject({ sid: name, session_id: name })
      const { body } = await introspect(stay.visit.party, String(access))
      expect(body).toMatchObject({ active: true, sid: name, session_id: name })
    }
  })

  test('leave those of the browser as they are', async ({ stage }) => {
    const stay = await away(stage)
    const { url, verifier } = await stay.visit.ask()
    const { body } = await redeem(stay.visit.party, url.searchParams.get('code') ?? '', verifier)
    const story = await storyOf(stay, body)

    const sid = formatId('ses', await sessionOf(stay.visit))
    for (const told of [story.idToken, story.userinfo, story.introspection]) {
      expect(told.sid).toBe(sid)
      expect(told).not.toHaveProperty('offline_sid')
    }
  })
})
