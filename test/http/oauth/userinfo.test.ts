import { createHash, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { disableClient } from '../../../src/access/disable-client.ts'
import { disableUser } from '../../../src/access/disable-user.ts'
import { createResource } from '../../../src/clients/create-resource.ts'
import { endSession } from '../../../src/sessions/ending/end.ts'
import type { CheckedSession } from '../../../src/sessions/session.ts'
import { keyRowOf } from '../../../src/sessions/session-key-row.ts'
import { liveSessionsOf } from '../../../src/sessions/session-store.ts'
import {
  formatAccessToken,
  openAccessToken,
  parseAccessToken,
} from '../../../src/sessions/tokens/access-token.ts'
import { createUser } from '../../../src/users/create-user.ts'
import {
  authorize,
  introspect,
  type Party,
  post,
  redeem,
  refresh,
  revoke,
  signIn,
} from '../../support/relying-party.ts'
import { expect, type Given, type Node, test } from '../../support/world.ts'
import { type Ask, bothWays as answerBothWays } from './question.ts'

const OPERATOR = { kind: 'operator' } as const
const API = 'https://opaque.example/'
const JWT = 'https://jwt.example/'
const PATH = '/oauth2/userinfo'
const EVERYTHING = 'openid profile email address phone'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** A query means nothing to the library and is not plain enough for the short way. */
function bothWays(node: Node, ask: Partial<Ask>) {
  const short: Ask = { method: 'GET', path: PATH, headers: {}, ...ask }
  const join = short.path.includes('?') ? '&' : '?'
  const long = { ...short, path: `${short.path}${join}way=long` }
  return answerBothWays(node, { short, long, mark: 'AS person_id' })
}

/** A person of whom all is known, and three clients that know them in different ways. */
async function situation(node: Node, given: Given) {
  const { services } = node
  const user = await createUser(services, {
    username: `ada-${randomUUID()}`,
    profile: {
      name: 'Ada Lovelace',
      givenName: 'Ada',
      familyName: 'Lovelace',
      email: 'ada@example.com',
      emailVerified: true,
      phoneNumber: '+442071838750',
      address: { country: 'United Kingdom', locality: 'London' },
      locale: 'en-GB',
    },
    by: OPERATOR,
  })
  const workspace = await given.workspace(user)
  const grant_types = ['authorization_code', 'refresh_token', 'client_credentials']
  const scope = `${EVERYTHING} read`
  const client = await given.client({ grant_types, scope })
  const pairwise = await given.client({ grant_types, scope, subject_type: 'pairwise' })
  const open = await given.client({ scope, token_endpoint_auth_method: 'none' })
  for (const [identifier, tokenFormat] of [
    [API, 'opaque'],
    [JWT, 'jwt'],
  ] as const)
    await createResource(services.db, {
      description: { identifier, name: 'An API', scopes: ['read'], tokenFormat },
      by: OPERATOR,
    })
  const scopes = {
    openid: EVERYTHING.split(' '),
    resources: { [API]: ['read'], [JWT]: ['read'] },
  }
  for (const each of [client, pairwise, open]) await given.consent(user, workspace, each, scopes)
  const partyOf = (each: typeof client): Party => ({ issuer: node.issuer, ...each })
  const browser = await given.browser(user)
  const tokenOf = async (whose: Party, params: Record<string, string> = {}, from = browser) => {
    const { body } = await signIn(whose, from, params)
    if (!body.access_token) throw new Error(JSON.stringify(body))
    return { access: String(body.access_token), refresh: String(body.refresh_token) }
  }
  return {
    user,
    workspace,
    client,
    party: partyOf(client),
    pairwiseParty: partyOf(pairwise),
    openParty: partyOf(open),
    browser,
    tokenOf,
  }
}

test.describe('a question about the person by the short way', () => {
  test('is answered as the library answers it, to every client', async ({ node, given }) => {
    const { user, workspace, tokenOf, ...about } = await situation(node, given)
    const { party, pairwiseParty, openParty } = about
    for (const [who, asking] of Object.entries({ party, pairwiseParty, openParty })) {
      for (const scope of [
        'openid',
        'openid profile',
        'phone openid email',
        'address openid',
        EVERYTHING,
      ]) {
        const { access } = await tokenOf(asking, { scope })
        for (const method of ['GET', 'POST'] as const) {
          const ask = { method, headers: bearer(access) }
          const { ours, library, short } = await bothWays(node, ask)
          expect(ours, `${scope} to ${who}`).toEqual(library)
          expect([ours.status, short], `${scope} to ${who}`).toEqual([200, true])
        }
      }
    }

    const { access } = await tokenOf(party, { scope: EVERYTHING })
    const { ours } = await bothWays(node, { headers: bearer(access) })
    const [session] = await liveSessionsOf(node.services.db, user.id)
    expect(JSON.parse(ours.text)).toEqual({
      sub: expect.stringMatching(/^usr_/),
      sid: expect.stringMatching(/^ses_/),
      workspace_id: expect.stringMatching(/^wsp_/),
      workspace_slug: workspace.slug,
      workspace_roles: ['member'],
      session_expiry: Math.floor(session!.absoluteEndAt.getTime() / 1000),
      name: 'Ada Lovelace',
      given_name: 'Ada',
      family_name: 'Lovelace',
      preferred_username: user.username,
      locale: 'en-GB',
      updated_at: Math.floor(user.updatedAt.getTime() / 1000),
      email: 'ada@example.com',
      email_verified: true,
      address: { country: 'United Kingdom', locality: 'London' },
      phone_number: '+442071838750',
      phone_number_verified: false,
    })
  })

  test('tells no more than a refresh has left of the scope', async ({ node, given }) => {
    const { party, tokenOf } = await situation(node, given)
    const { refresh: token } = await tokenOf(party, { scope: EVERYTHING })
    const { body } = await refresh(party, token, { scope: 'openid email' })
    const ask = { headers: bearer(String(body.access_token)) }

    const { ours, library, short } = await bothWays(node, ask)

    expect(short).toBe(true)
    expect(ours).toEqual(library)
    expect(JSON.parse(ours.text)).toMatchObject({ email: 'ada@example.com' })
    expect(JSON.parse(ours.text)).not.toHaveProperty('name')
  })

  test('is refused as the library refuses it, when the token stands no longer', async ({
    node,
    given,
    pass,
  }) => {
    const { user, client, party, browser, tokenOf } = await situation(node, given)
    const { services } = node
    const isDead = async (what: string, token: string) => {
      const { ours, library } = await bothWays(node, { headers: bearer(token) })
      expect(ours, what).toEqual(library)
      expect([ours.status, JSON.parse(ours.text).error], what).toEqual([401, 'invalid_token'])
    }

    const revoked = (await tokenOf(party)).access
    await revoke(party, revoked)
    await isDead('after its revocation', revoked)

    const twice = await authorize(party, browser)
    const first = await redeem(party, twice.params.get('code') ?? '', twice.verifier)
    await pass('6s')
    await redeem(party, twice.params.get('code') ?? '', twice.verifier)
    await isDead('of a family whose code was used again', String(first.body.access_token))

    const grantEnded = await tokenOf(party)
    await revoke(party, grantEnded.refresh)
    await isDead('after the end of its grant', grantEnded.access)

    const ended = (await tokenOf(party)).access
    const [session] = await liveSessionsOf(services.db, user.id)
    await endSession(services, session!.id, { cause: 'administrator', by: OPERATOR })
    await isDead('after the end of its session', ended)

    const idle = (await tokenOf(party, {}, await given.browser(user))).access
    await pass('31m')
    await isDead('of an idle session', idle)

    const ofClient = (await tokenOf(party, {}, await given.browser(user))).access
    await disableClient(services, client.id, OPERATOR)
    await isDead('of a disabled client', ofClient)
  })

  test('is refused when the person is disabled', async ({ node, given }) => {
    const { user, party, tokenOf } = await situation(node, given)
    const { access } = await tokenOf(party)
    await disableUser(node.services, user.id, OPERATOR)
    const { ours, library } = await bothWays(node, { headers: bearer(access) })
    expect(ours).toEqual(library)
    expect(ours.status).toBe(401)
  })

  test('is refused with a token that has expired', async ({ node, given }) => {
    const { user, party, tokenOf } = await situation(node, given)
    const { access } = await tokenOf(party)
    const [session] = await liveSessionsOf(node.services.db, user.id)
    // The library is lenient by fifteen seconds here, as with all clocks.
    for (const [age, status] of [
      [-1, 200],
      [5, 200],
      [20, 401],
    ] as const) {
      const t = Math.floor(Date.now() / 1000) - age
      const token = await sealedAnew(node, session!, access, { t })
      const { ours, library, short } = await bothWays(node, { headers: bearer(token) })
      expect(ours, `${age}`).toEqual(library)
      expect([ours.status, short], `${age}`).toEqual([status, true])
    }
  })

  test('is left to the library when it is not plain', async ({ node, given }) => {
    const { party, tokenOf } = await situation(node, given)
    const { access, refresh: refreshToken } = await tokenOf(party)
    const forApi = (await tokenOf(party, { scope: 'openid read', resource: API })).access
    const jwt = (await tokenOf(party, { scope: 'openid read', resource: JWT })).access
    const service = await post(party, '/oauth2/token', { grant_type: 'client_credentials' })
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const asks: Record<string, Partial<Ask>> = {
      'no token': {},
      'another scheme': { headers: { authorization: `Basic ${access}` } },
      'no scheme': { headers: { authorization: access } },
      'two spaces': { headers: { authorization: `Bearer  ${access}` } },
      'a DPoP scheme': { headers: { authorization: `DPoP ${access}` } },
      'a DPoP header': { headers: { ...bearer(access), dpop: 'x' } },
      'a changed token': { headers: bearer(`${access.slice(0, -2)}AA`) },
      'a padded token': { headers: bearer(`${access}=`) },
      'a cut token': { headers: bearer(access.slice(0, -20)) },
      'a token in capitals': { headers: bearer(access.toUpperCase()) },
      'an unknown session': { headers: bearer(`sat_${'0'.repeat(26)}.${'A'.repeat(200)}`) },
      garbage: { headers: bearer('garbage') },
      'a refresh token': { headers: bearer(refreshToken) },
      "a service's token": { headers: bearer(String(service.body.access_token)) },
      'a token for an API': { headers: bearer(forApi) },
      'a JWT for an API': { headers: bearer(jwt) },
      'a token in the body': { method: 'POST', headers: form, body: `access_token=${access}` },
      'a token in both': {
        method: 'POST',
        headers: { ...form, ...bearer(access) },
        body: `access_token=${access}`,
      },
      'a scope in the body': {
        method: 'POST',
        headers: { ...form, ...bearer(access) },
        body: 'scope=openid',
      },
      'a scope beyond the token': {
        method: 'POST',
        headers: { ...form, ...bearer(access) },
        body: 'scope=email',
      },
      'a token in the query': { path: `${PATH}?access_token=${access}` },
      'a scope in the query': { path: `${PATH}?scope=email`, headers: bearer(access) },
      'a body of another kind': {
        method: 'POST',
        headers: { ...bearer(access), 'content-type': 'application/json' },
        body: '{}',
      },
      'its own page': { headers: { ...bearer(access), origin: 'https://rp.example' } },
      'a page of another origin': {
        headers: { ...bearer(access), origin: 'https://elsewhere.example' },
      },
      'another spelling': { path: '/OAUTH2/Userinfo/', headers: bearer(access) },
      'small letters': { headers: { authorization: `bearer ${access}` } },
      'a reader who prefers pages': { headers: { ...bearer('garbage'), accept: 'text/html' } },
    }
    const decided: string[] = []
    for (const [name, ask] of Object.entries(asks)) {
      const { ours, library, short } = await bothWays(node, { headers: {}, ...ask })
      expect(withoutNumbers(ours), name).toEqual(withoutNumbers(library))
      expect(ours.status, name).toBeLessThan(500)
      if (short && ours.status === 200) decided.push(name)
    }
    expect(decided).toEqual(['another spelling', 'small letters'])
  })

  test('is refused with a token that was made for an API', async ({ node, given }) => {
    const { user, party, tokenOf } = await situation(node, given)
    const { access } = await tokenOf(party)
    const [session] = await liveSessionsOf(node.services.db, user.id)
    const token = await sealedAnew(node, session!, access, { a: API })
    const { ours, library, short } = await bothWays(node, { headers: bearer(token) })
    expect(ours).toEqual(library)
    expect([ours.status >= 400, short]).toEqual([true, true])
  })

  test('is left to the library when the token is bound to a key', async ({ node, given }) => {
    const { party, browser } = await situation(node, given)
    const proof = await dpopProofs(node)
    const { params, verifier } = await authorize(party, browser)
    const headers = { dpop: await proof('/oauth2/token', 'POST') }
    const { body } = await redeem(party, params.get('code') ?? '', verifier, headers)
    expect(body.token_type).toBe('DPoP')
    const { ours, library } = await bothWays(node, { headers: bearer(String(body.access_token)) })
    expect(ours).toEqual(library)
    expect(ours.status).toBe(401)
  })

  test('takes a proof of the key once, and says that it was the proof (RFC 9449 §5)', async ({
    node,
    given,
  }) => {
    const { party, browser } = await situation(node, given)
    const proof = await dpopProofs(node)
    const { params, verifier } = await authorize(party, browser)
    const shown = { dpop: await proof('/oauth2/token', 'POST') }
    const { body } = await redeem(party, params.get('code') ?? '', verifier, shown)
    const token = String(body.access_token)
    const headers = {
      authorization: `DPoP ${token}`,
      dpop: await proof('/oauth2/userinfo', 'GET', token),
    }
    const ask = () => fetch(`${node.issuer}/oauth2/userinfo`, { headers })
    expect((await ask()).status).toBe(200)
    const again = await ask()
    expect([again.status, (await again.json()).error]).toEqual([401, 'invalid_dpop_proof'])
    expect(again.headers.get('www-authenticate')).toContain('DPoP')
  })

  test('is a use of the session', async ({ node, given, pass }) => {
    const { user, party, tokenOf } = await situation(node, given)
    const { access } = await tokenOf(party)
    const { services } = node
    const lastSeen = async () => {
      await services.activity.flush()
      return (await liveSessionsOf(services.db, user.id))[0]!.lastSeenAt.getTime()
    }
    const before = await lastSeen()
    await pass('1m')
    expect(await lastSeen()).toBe(before - 60_000)

    const { ours } = await bothWays(node, { headers: bearer(access) })

    expect(ours.status).toBe(200)
    expect(await lastSeen()).toBeGreaterThan(before - 60_000)
    expect((await introspect(party, access)).body.active).toBe(true)
  })
})

/** The same token but for what is `changed`, as only the server itself could make it. */
async function sealedAnew(node: Node, session: CheckedSession, token: string, changed: object) {
  const key = await node.services.keyring.sessionKey(keyRowOf(session), 'access-token')
  const { holder, sealed } = parseAccessToken(token)!
  const content = openAccessToken(key, holder, sealed) as object
  return formatAccessToken(key, holder, { ...content, ...changed })
}

/** A page names the request, and that differs. */
function withoutNumbers<T extends { readonly text: string }>(answer: T): T {
  return { ...answer, text: answer.text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '#') }
}

async function dpopProofs({ issuer }: Node) {
  const keys = await generateKeyPair('ES256')
  const jwk = await exportJWK(keys.publicKey)
  return (path: string, htm: string, token?: string) =>
    new SignJWT({
      htm,
      htu: `${issuer}${path}`,
      jti: randomUUID(),
      ...(token && { ath: createHash('sha256').update(token).digest('base64url') }),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(keys.privateKey)
}
