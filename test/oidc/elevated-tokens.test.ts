import { decodeJwt } from 'jose'
import { createResource } from '../../src/clients/create-resource.ts'
import { setPermissionsOfSession } from '../../src/sessions/manager/set-permissions.ts'
import { liveSessionsOf } from '../../src/sessions/session-store.ts'
import { setRole } from '../../src/workspaces/set-role.ts'
import { heldIn, offlineCode, offlineOf, sessionOf, visitOn } from '../sessions/place.ts'
import { introspect, post, redeem, refresh, signIn } from '../support/relying-party.ts'
import { expect, type Given, type Node, test } from '../support/world.ts'

const by = { kind: 'operator' } as const
const API = 'https://jwt.example/'
const FOR_API = { scope: 'openid read', resource: API }
const FOR_US = { scope: 'openid' }
/** Means the same to the library and is not plain enough for the short way. */
const LONG_WAY = { 'content-type': 'application/x-www-form-urlencoded; way=long' }
const WAYS = [
  ['by the short way', {}],
  ['by the library', LONG_WAY],
] as const

/** A person in a browser's session that may be given `approve`, and what it is given. */
async function situation(node: Node, given: Given) {
  const { services } = node
  const user = await given.user()
  const workspace = await given.workspace(user)
  const role = (elevations: readonly string[]) =>
    setRole(services.db, {
      workspaceId: workspace.id,
      role: { name: 'member', permissions: ['read'], elevations },
      by,
    })
  await role(['approve'])
  await openApi(node)
  const client = await given.client({ scope: 'openid read' })
  const scopes = { openid: ['openid'], resources: { [API]: ['read'] } }
  await given.consent(user, workspace, client, scopes)
  const browser = await given.browser(user)
  const party = { issuer: node.issuer, ...client }

  const elevate = async (lifetime: number) => {
    const [session] = await liveSessionsOf(services.db, user.id)
    const { id } = session!
    const { elevation } = await setPermissionsOfSession(services, id, ['approve'], { by, lifetime })
    return Math.floor(elevation!.endAt.getTime() / 1000)
  }
  const asked = async (token: unknown, way: object) => {
    const form = { token: String(token) }
    return (await post(party, '/oauth2/introspect', form, { ...way })).body
  }
  return { party, browser, elevate, role, asked }
}

function openApi({ services }: Node) {
  const description = { identifier: API, name: 'An API', scopes: ['read'], tokenFormat: 'jwt' }
  return createResource(services.db, { description: description as never, by })
}

const claimsOf = ({ body }: { readonly body: Record<string, unknown> }) => {
  const { elevated_permissions, elevated_until, iat, exp } = decodeJwt(String(body.access_token))
  return { elevated_permissions, elevated_until, iat: Number(iat), exp: Number(exp) }
}

test.describe('permissions that a session is given for a while', () => {
  for (const [how, way] of WAYS) {
    test(`are told at introspection ${how}, as they are now`, async ({ node, given, pass }) => {
      const { party, browser, elevate, role, asked } = await situation(node, given)
      const { body } = await signIn(party, browser, FOR_US)
      const token = body.access_token
      expect(await asked(token, way)).not.toHaveProperty('elevated_permissions')

      const until = await elevate(600)
      expect(await asked(token, way)).toMatchObject({
        active: true,
        elevated_permissions: ['approve'],
        elevated_until: until,
      })
      await role([])
      expect(await asked(token, way)).not.toHaveProperty('elevated_permissions')
      await role(['approve'])
      expect(await asked(token, way)).toHaveProperty('elevated_permissions', ['approve'])

      await pass('10m')
      const after = await asked(token, way)
      expect(after.active).toBe(true)
      expect(after).not.toHaveProperty('elevated_permissions')
      expect(after).not.toHaveProperty('elevated_until')
    })

    test(`stand in a JWT that a refresh makes ${how}, and it ends with them`, async ({
      node,
      given,
      pass,
    }) => {
      const { party, browser, elevate, asked } = await situation(node, given)
      const first = await signIn(party, browser, FOR_API)
      expect(claimsOf(first)).not.toHaveProperty('elevated_permissions', ['approve'])
      expect(claimsOf(first).exp - claimsOf(first).iat).toBe(300)

      const until = await elevate(60)
      const within = await refresh(party, String(first.body.refresh_token), {}, { ...way })
      const { iat, exp, ...told } = claimsOf(within)
      expect(told).toEqual({ elevated_permissions: ['approve'], elevated_until: until })
      expect(exp).toBeLessThanOrEqual(until)
      expect(within.body.expires_in).toBe(exp - iat)
      expect(await asked(within.body.access_token, way)).toMatchObject(told)

      await pass('1m')
      const after = await refresh(party, String(within.body.refresh_token), {}, { ...way })
      expect(claimsOf(after)).toMatchObject({ elevated_permissions: undefined })
      expect(claimsOf(after).exp - claimsOf(after).iat).toBe(300)
      const seen = await asked(within.body.access_token, way)
      expect(seen).not.toHaveProperty('elevated_permissions')
    })
  }

  test('stand in the JWT that a code gives', async ({ node, given }) => {
    const { party, browser, elevate } = await situation(node, given)
    await signIn(party, browser, FOR_API)
    const until = await elevate(60)
    const { exp, ...told } = claimsOf(await signIn(party, browser, FOR_API))
    expect(told).toMatchObject({ elevated_permissions: ['approve'], elevated_until: until })
    expect(exp).toBeLessThanOrEqual(until)
  })

  test('are not carried into an offline session, and none is given there', async ({
    node,
    given,
    database,
  }) => {
    const visit = await visitOn({ node, given, database } as never)
    const { services } = node
    const { id: workspaceId } = visit.workspace
    const role = { name: 'member', permissions: [], elevations: ['approve'] }
    await setRole(services.db, { workspaceId, role, by })
    await openApi(node)
    const { code } = heldIn(
      await offlineCode(visit, { scope: 'openid offline_access read', resource: API }),
    )
    const beside = await sessionOf(visit)
    await setPermissionsOfSession(services, beside, ['approve'], { by })

    const { body } = await redeem(visit.party, code!.code, code!.verifier)
    const again = await refresh(visit.party, String(body.refresh_token))
    for (const token of [body.access_token, again.body.access_token]) {
      const seen = await introspect(visit.party, String(token))
      expect(seen.body.active).toBe(true)
      expect(seen.body).not.toHaveProperty('elevated_permissions')
      expect(decodeJwt(String(token))).not.toHaveProperty('elevated_permissions')
    }
    const offline = await offlineOf(visit)
    const refused = setPermissionsOfSession(services, offline, ['approve'], { by })
    await expect(refused).rejects.toMatchObject({ code: 'permission_denied' })
  })

  test('shorten no opaque token, which says nothing of them itself', async ({ node, given }) => {
    const { party, browser, elevate } = await situation(node, given)
    const first = await signIn(party, browser, FOR_US)
    await elevate(60)
    const again = await refresh(party, String(first.body.refresh_token))
    expect(again.body.expires_in).toBe(first.body.expires_in)
  })
})
