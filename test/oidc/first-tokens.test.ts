import { decodeJwt } from 'jose'
import { formatId } from '../../src/ids.ts'
import { introspect, refresh, revoke, signIn } from '../support/relying-party.ts'
import { expect, test } from '../support/world.ts'

test.describe('a code exchange', () => {
  test('gives tokens of one workspace', async ({ node, given }) => {
    const user = await given.user()
    const workspace = await given.workspace(user)
    const client = await given.client()
    await given.consent(user, workspace, client)
    const party = { issuer: node.issuer, ...client }

    const { status, body } = await signIn(party, await given.browser(user))

    expect(status).toBe(200)
    const claims = decodeJwt(String(body.id_token))
    expect(claims).toMatchObject({
      sub: formatId('usr', user.id),
      workspace_id: formatId('wsp', workspace.id),
      workspace_slug: workspace.slug,
      workspace_roles: ['member'],
    })
    expect(claims.sid).toMatch(/^ses_/)
    // 24 hours from its creation, and not the 30 minutes after which it is idle.
    const hours = (Number(claims.session_expiry) - Date.now() / 1000) / 3600
    expect(Math.round(hours)).toBe(24)
    expect(String(body.access_token)).toMatch(/^sat_/)
    expect(String(body.access_token).length).toBeLessThanOrEqual(768)
    expect(String(body.refresh_token)).toMatch(/^srt_/)

    const active = await introspect(party, String(body.access_token))
    expect(active.body).toMatchObject({
      active: true,
      session_id: claims.sid,
      workspace_slug: workspace.slug,
      scope: 'openid profile',
    })

    const userinfo = await fetch(`${node.issuer}/oauth2/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(userinfo.status).toBe(200)
    expect(await userinfo.json()).toMatchObject({
      preferred_username: user.username,
      sid: claims.sid,
      workspace_id: formatId('wsp', workspace.id),
    })

    const refreshed = await refresh(party, String(body.refresh_token))
    expect(refreshed.status).toBe(200)
    expect(refreshed.body.refresh_token).not.toBe(body.refresh_token)
    expect(decodeJwt(String(refreshed.body.id_token)).sid).toBe(claims.sid)

    const revoked = await revoke(party, String(body.access_token))
    expect(revoked.status, JSON.stringify(revoked.body)).toBe(200)
    expect(revoked.headers['content-type']).toBeUndefined()
    expect((await introspect(party, String(body.access_token))).body).toEqual({ active: false })
    expect((await introspect(party, String(refreshed.body.access_token))).body.active).toBe(true)
  })
})
