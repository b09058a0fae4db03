import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { removeMember } from '../../src/access/remove-member.ts'
import { createResource } from '../../src/clients/create-resource.ts'
import { formatId } from '../../src/ids.ts'
import { expect, type Stage, test } from '../sessions/stage.ts'
import { introspect, type Party, refresh, revoke, send, signIn } from '../support/relying-party.ts'

const by = { kind: 'operator' } as const

/** A person whose client holds tokens for an API, which can ask about them, as a stranger can. */
async function tokensFor(stage: Stage, tokenFormat: 'jwt' | 'opaque') {
  const { given, node } = stage
  const user = await given.user()
  const workspace = await given.workspace(user)
  const [client, api, stranger] = await Promise.all([
    given.client(),
    given.client(),
    given.client(),
  ])
  const identifier = `https://api.example/${api.clientId}`
  const description = { identifier, name: 'An API', scopes: ['read', 'write'], tokenFormat }
  await createResource(node.services.db, { description, clientId: api.id, by })
  const scopes = { openid: ['openid'], resources: { [identifier]: ['read', 'write'] } }
  await given.consent(user, workspace, client, scopes)
  const partyOf = ({ clientId, secret }: typeof client): Party => {
    return { issuer: node.issuer, clientId, secret }
  }
  const party = partyOf(client)
  const asked = { scope: 'openid read write', resource: identifier }
  const { body } = await signIn(party, await given.browser(user), asked)
  return {
    user,
    workspace,
    identifier,
    party,
    api: partyOf(api),
    stranger: partyOf(stranger),
    access: String(body.access_token),
    refreshToken: String(body.refresh_token),
  }
}

async function keysOf({ issuer }: Party): Promise<JSONWebKeySet> {
  const { text } = await send(
    { issuer },
    { method: 'GET', path: '/.well-known/jwks.json', headers: {} },
  )
  return JSON.parse(text) as JSONWebKeySet
}

test.describe('a token that an API checks by itself', () => {
  test('says what RFC 9068 §2.2 wants, and of which workspace it is', async ({ stage }) => {
    const { user, workspace, identifier, party, access } = await tokensFor(stage, 'jwt')
    const { payload } = await jwtVerify(access, createLocalJWKSet(await keysOf(party)), {
      issuer: party.issuer,
      audience: identifier,
      typ: 'at+jwt',
    })
    expect(payload).toMatchObject({
      sub: formatId('usr', user.id),
      client_id: party.clientId,
      scope: 'read write',
      workspace_id: formatId('wsp', workspace.id),
      workspace_slug: workspace.slug,
      workspace_roles: ['member'],
    })
    expect(payload.sid).toMatch(/^ses_/)
    expect(payload.jti).toMatch(/^[\w-]{20,}$/)
    expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(300)
    expect(decodeProtectedHeader(access)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
  })

  test('of two moments has two names', async ({ stage }) => {
    const { party, access, refreshToken } = await tokensFor(stage, 'jwt')
    const { body } = await refresh(party, refreshToken)
    const jwks = createLocalJWKSet(await keysOf(party))
    const names = [access, String(body.access_token)].map(async (token) => {
      return (await jwtVerify(token, jwks)).payload.jti
    })
    expect(new Set(await Promise.all(names)).size).toBe(2)
  })

  test('is not for userinfo', async ({ stage }) => {
    const { party, access } = await tokensFor(stage, 'jwt')
    const headers = { authorization: `Bearer ${access}` }
    const answer = await send(party, { method: 'GET', path: '/oauth2/userinfo', headers })
    expect(answer.status).toBe(401)
  })
})

for (const format of ['jwt', 'opaque'] as const)
  test.describe(`asking about a token of the form ${format}`, () => {
    test('is for its client and its API, and tells a stranger nothing', async ({ stage }) => {
      const { identifier, workspace, party, api, stranger, access } = await tokensFor(stage, format)
      for (const asking of [party, api])
        expect((await introspect(asking, access)).body).toMatchObject({
          active: true,
          iss: party.issuer,
          aud: identifier,
          client_id: party.clientId,
          scope: 'read write',
          workspace_id: formatId('wsp', workspace.id),
          workspace_slug: workspace.slug,
          workspace_roles: ['member'],
        })
      expect((await introspect(stranger, access)).body).toEqual({ active: false })
    })

    test('tells of its own revocation, and not of one by a stranger', async ({ stage }) => {
      const { party, api, stranger, access, refreshToken } = await tokensFor(stage, format)
      for (const other of [stranger, api]) await revoke(other, access)
      expect((await introspect(api, access)).body.active).toBe(true)

      await revoke(party, access)
      expect((await introspect(api, access)).body).toEqual({ active: false })
      expect((await refresh(party, refreshToken)).status).toBe(200)
    })

    test('tells the scope that the grant still gives', async ({ stage }) => {
      const { identifier, user, party, api, access, refreshToken } = await tokensFor(stage, format)
      const narrow = { openid: { scope: 'openid' }, resources: { [identifier]: 'read' } }
      await stage.database.pool.query(NARROW, [user.id, narrow])

      expect((await introspect(api, access)).body).toMatchObject({ active: true, scope: 'read' })
      const { body } = await refresh(party, refreshToken)
      expect(body.scope).toBe('read')
      const next = String(body.access_token)
      expect((await introspect(api, next)).body).toMatchObject({ active: true, scope: 'read' })
    })

    test('tells the roles that the person has now, and nothing once they are out', async ({
      stage,
    }) => {
      const { user, workspace, party, api, access, refreshToken } = await tokensFor(stage, format)
      const roles = 'UPDATE membership SET roles = $2 WHERE user_id = $1'
      await stage.database.pool.query(roles, [user.id, ['guest']])
      expect((await introspect(api, access)).body).toMatchObject({ workspace_roles: ['guest'] })

      await removeMember(stage.ender, { workspaceId: workspace.id, userId: user.id, by })
      expect((await introspect(api, access)).body).toEqual({ active: false })
      expect((await refresh(party, refreshToken)).body.error).toBe('invalid_grant')
    })
  })

const NARROW = `UPDATE "grant" SET scopes = $2 FROM session s
  WHERE s.id = session_id AND s.user_id = $1`
