import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { disableClient } from '../../../src/access/disable-client.ts'
import { createResource } from '../../../src/clients/create-resource.ts'
import type { UserId } from '../../../src/ids.ts'
import { endSession } from '../../../src/sessions/ending/end.ts'
import { liveSessionsOf } from '../../../src/sessions/session-store.ts'
import {
  authorize,
  introspect,
  type Party,
  post,
  redeem,
  revoke,
  signIn,
} from '../../support/relying-party.ts'
import { expect, type Given, givenOn, type Node, startNode, test } from '../../support/world.ts'
import { type Ask, bothWays as answerBothWays, answerTo as answerByEither } from './question.ts'

const OPERATOR = { kind: 'operator' } as const
const FORM = 'application/x-www-form-urlencoded'
/** Means the same to the library and is not plain enough for the short way. */
const LONG_WAY = `${FORM}; way=long`
const OPAQUE = 'https://opaque.example/'
const JWT = 'https://jwt.example/'

interface Asked {
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body: string
}

function askOf({ path = '/oauth2/introspect', headers, body }: Asked): Ask {
  return { method: 'POST', path, headers: { 'content-type': FORM, ...headers }, body }
}

const answerTo = (node: Node, asked: Asked) => answerByEither(node, askOf(asked))

function bothWays(node: Node, asked: Asked) {
  const long = askOf({ ...asked, headers: { ...asked.headers, 'content-type': LONG_WAY } })
  return answerBothWays(node, { short: askOf(asked), long, mark: 'AS asking' })
}

const basic = (id: string, secret: string | null) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})
const formOf = (fields: Record<string, string>) => String(new URLSearchParams(fields))

/** A person who uses two clients, one of them pairwise, and two APIs that one more client guards. */
async function situation(node: Node, given: Given) {
  const { services } = node
  const user = await given.user()
  const workspace = await given.workspace(user)
  const grant_types = ['authorization_code', 'refresh_token', 'client_credentials']
  const scope = 'openid profile read write'
  const client = await given.client({ grant_types, scope })
  const pairwise = await given.client({ grant_types, scope, subject_type: 'pairwise' })
  const guard = await given.client({ grant_types: ['client_credentials'] })
  for (const [identifier, tokenFormat] of [
    [OPAQUE, 'opaque'],
    [JWT, 'jwt'],
  ] as const)
    await createResource(services.db, {
      description: { identifier, name: 'An API', scopes: ['read', 'write'], tokenFormat },
      clientId: guard.id,
      by: OPERATOR,
    })
  const scopes = {
    openid: ['openid', 'profile'],
    resources: { [OPAQUE]: ['read'], [JWT]: ['read'] },
  }
  for (const each of [client, pairwise]) await given.consent(user, workspace, each, scopes)
  const partyOf = (each: typeof client): Party => ({ issuer: node.issuer, ...each })
  const party = partyOf(client)
  const browser = await given.browser(user)

  const tokenOf = async (whose: Party, params: Record<string, string> = {}) => {
    const { body } = await signIn(whose, browser, params)
    if (!body.access_token) throw new Error(JSON.stringify(body))
    return { access: String(body.access_token), refresh: String(body.refresh_token) }
  }
  const serviceToken = async (params: Record<string, string> = {}, headers = {}) => {
    const form = { grant_type: 'client_credentials', ...params }
    const { body } = await post(party, '/oauth2/token', form, headers)
    if (!body.access_token) throw new Error(JSON.stringify(body))
    return String(body.access_token)
  }
  return {
    user,
    guard,
    party,
    pairwiseParty: partyOf(pairwise),
    guardParty: partyOf(guard),
    browser,
    tokenOf,
    serviceToken,
  }
}

async function sessionOf(node: Node, userId: UserId) {
  const [session] = await liveSessionsOf(node.services.db, userId)
  return session!
}

test.describe('an introspection by the short way', () => {
  test('says of every live token what the library says', async ({ node, given }) => {
    const { party, guardParty, pairwiseParty, ...about } = await situation(node, given)
    const { tokenOf, serviceToken } = about
    const scope = 'openid profile read'
    const tokens = {
      opaque: await tokenOf(party),
      'opaque for an API': await tokenOf(party, { scope, resource: OPAQUE }),
      JWT: await tokenOf(party, { scope, resource: JWT }),
      pairwise: await tokenOf(pairwiseParty),
      'pairwise, opaque for an API': await tokenOf(pairwiseParty, { scope, resource: OPAQUE }),
      'pairwise JWT': await tokenOf(pairwiseParty, { scope, resource: JWT }),
      service: { access: await serviceToken() },
      'service, opaque for an API': {
        access: await serviceToken({ resource: OPAQUE, scope: 'read' }),
      },
      'service JWT': { access: await serviceToken({ resource: JWT, scope: 'read' }) },
    }
    const active: string[] = []
    for (const [kind, { access: token }] of Object.entries(tokens)) {
      for (const [who, asking] of Object.entries({ party, guardParty, pairwiseParty })) {
        const headers = basic(asking.clientId, asking.secret)
        const { ours, library, short } = await bothWays(node, { headers, body: formOf({ token }) })
        expect(ours, `${kind} for ${who}`).toEqual(library)
        expect(short, `${kind} for ${who}`).toBe(true)
        expect(ours.status).toBe(200)
        if (ours.text.startsWith('{"active":true')) active.push(`${kind} for ${who}`)
      }
    }
    expect(active).toEqual([
      'opaque for party',
      'opaque for an API for party',
      'opaque for an API for guardParty',
      'JWT for party',
      'JWT for guardParty',
      'pairwise for pairwiseParty',
      'pairwise, opaque for an API for guardParty',
      'pairwise, opaque for an API for pairwiseParty',
      'pairwise JWT for guardParty',
      'pairwise JWT for pairwiseParty',
      'service for party',
      'service, opaque for an API for party',
      'service, opaque for an API for guardParty',
      'service JWT for party',
      'service JWT for guardParty',
    ])
  })

  test('tells to which key a token is bound', async ({ node, given }) => {
    const { party, serviceToken } = await situation(node, given)
    const proof = await dpopProof(node)
    for (const params of [{}, { resource: JWT, scope: 'read' }]) {
      const token = await serviceToken(params, { dpop: await proof() })
      const headers = basic(party.clientId, party.secret)
      const { ours, library, short } = await bothWays(node, { headers, body: formOf({ token }) })
      expect(short).toBe(true)
      expect(ours).toEqual(library)
      expect(JSON.parse(ours.text)).toMatchObject({
        token_type: 'DPoP',
        cnf: { jkt: expect.any(String) },
      })
    }
  })

  test('hides every token that stands no longer', async ({ node, given, pass }) => {
    const { user, party, browser, tokenOf, serviceToken } = await situation(node, given)
    const { services } = node
    const scope = 'openid profile read'
    const headers = basic(party.clientId, party.secret)
    const isDead = async (what: string, token: string) => {
      const { ours, library, short } = await bothWays(node, { headers, body: formOf({ token }) })
      expect(short, what).toBe(true)
      expect(ours, what).toEqual(library)
      expect(ours.text, what).toBe('{"active":false}')
    }
    const isLive = async (what: string, token: string) =>
      expect((await introspect(party, token)).body.active, what).toBe(true)

    const revoked = [
      (await tokenOf(party)).access,
      (await tokenOf(party, { scope, resource: JWT })).access,
      await serviceToken(),
      await serviceToken({ resource: JWT, scope: 'read' }),
    ]
    for (const token of revoked) {
      await isLive('before its revocation', token)
      await revoke(party, token)
      await isDead('after its revocation', token)
    }

    const twice = await authorize(party, browser)
    const first = await redeem(party, twice.params.get('code') ?? '', twice.verifier)
    await pass('6s')
    await redeem(party, twice.params.get('code') ?? '', twice.verifier)
    await isDead('of a family whose code was used again', String(first.body.access_token))

    const kept = await tokenOf(party)
    const grantEnded = await tokenOf(party, { scope, resource: JWT })
    await revoke(party, grantEnded.refresh)
    await isDead('after the end of its grant', grantEnded.access)
    await isDead('of the same grant', kept.access)

    const ended = await tokenOf(party)
    const endedJwt = await tokenOf(party, { scope, resource: JWT })
    const session = await sessionOf(node, user.id)
    await endSession(services, session.id, { cause: 'administrator', by: OPERATOR })
    await isDead('after the end of its session', ended.access)
    await isDead('a JWT after the end of its session', endedJwt.access)

    const fresh = await given.browser(user)
    const { body } = await signIn(party, fresh)
    await isLive('in another login', String(body.access_token))
    await pass('31m')
    await isDead('of an idle session', String(body.access_token))
  })

  test('says of what is no token what the library says', async ({ node, given }) => {
    const { party, tokenOf, serviceToken } = await situation(node, given)
    const headers = basic(party.clientId, party.secret)
    const { access, refresh } = await tokenOf(party)
    const jwt = await serviceToken({ resource: JWT, scope: 'read' })
    const [head = '', claims = '', signature = ''] = jwt.split('.')
    const changed = Buffer.from(claims, 'base64url').toString().replace('"iss"', '"iSS"')
    const tokens = [
      `${access}=`,
      `${access.slice(0, -1)}-`,
      `${access} `,
      access.toUpperCase(),
      access.replace('sat_', 'sat_x'),
      'sat_',
      'sat_service.',
      'sat_service.AAAA',
      `sat_${'0'.repeat(26)}.${'A'.repeat(200)}`,
      'sat_\0',
      'sat_\ud800',
      `${head}.${claims}.`,
      `${head}.${claims}.${signature}A`,
      `${head}.${claims}.${signature.slice(0, -4)}AAAA`,
      `${head}.${Buffer.from(changed).toString('base64url')}.${signature}`,
      `${head}.${claims}`,
      `${head}.${claims}.${signature}.x`,
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.${signature}`,
      `eyJ.${Buffer.from('{"session_id":"ses_x","jti":"a\\u0000"}').toString('base64url')}.x`,
      `eyJ.${Buffer.from('{"client_id":"\\u0000","jti":"a"}').toString('base64url')}.x`,
      `eyJ${'a'.repeat(9000)}.${claims}.${signature}`,
      refresh,
      'garbage',
      ' ',
      '{}',
    ]
    for (const token of tokens)
      for (const token_type_hint of ['', 'access_token', 'refresh_token', 'anything']) {
        const body = formOf({ token, token_type_hint })
        const { ours, library } = await bothWays(node, { headers, body })
        expect(ours, token.slice(0, 200)).toEqual(library)
        expect(ours.status, token.slice(0, 200)).toBeLessThan(500)
      }
  })

  test('refuses clients as the library does', async ({ node, given }) => {
    const { party, pairwiseParty, tokenOf, guard } = await situation(node, given)
    const token = (await tokenOf(party)).access
    const { clientId: id, secret } = party
    const publicClient = await given.client({ token_endpoint_auth_method: 'none' })
    const jwk = await exportJWK((await generateKeyPair('ES256')).publicKey)
    const byKey = await given.client({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...jwk, alg: 'ES256' }] },
    })
    const byPost = await given.client({ token_endpoint_auth_method: 'client_secret_post' })
    const expired = await given.client()
    await node.services.pool.query(
      `UPDATE client SET metadata = metadata || '{"client_secret_expires_at": 1}' WHERE id = $1`,
      [expired.id],
    )
    await disableClient(node.services, guard.id, OPERATOR)
    const asks: Record<string, Asked> = {
      'a wrong secret': { headers: basic(id, `${secret}x`), body: formOf({ token }) },
      'the secret of another client': {
        headers: basic(id, pairwiseParty.secret),
        body: formOf({ token }),
      },
      'an unknown client': { headers: basic('nobody', secret), body: formOf({ token }) },
      'a disabled client': {
        headers: basic(guard.clientId, guard.secret),
        body: formOf({ token }),
      },
      'a wrong secret in the form': {
        body: formOf({ token, client_id: id, client_secret: `${secret}x` }),
      },
      'the right secret in the form': {
        body: formOf({ token, client_id: id, client_secret: String(secret) }),
      },
      'the form, by the header': {
        headers: basic(byPost.clientId, byPost.secret),
        body: formOf({ token }),
      },
      'a public client': { body: formOf({ token, client_id: publicClient.clientId }) },
      'a public client with a secret': {
        headers: basic(publicClient.clientId, 'x'),
        body: formOf({ token }),
      },
      'a client with keys, and a secret': {
        headers: basic(byKey.clientId, 'x'),
        body: formOf({ token }),
      },
      'a secret that has run out': {
        headers: basic(expired.clientId, expired.secret),
        body: formOf({ token }),
      },
      'two clients': { headers: basic(id, secret), body: formOf({ token, client_id: 'other' }) },
      'the client twice': { headers: basic(id, secret), body: formOf({ token, client_id: id }) },
      'both mechanisms': {
        headers: basic(id, secret),
        body: formOf({ token, client_secret: String(secret) }),
      },
      'an assertion': {
        body: formOf({
          token,
          client_assertion: 'a.b.c',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        }),
      },
      nobody: { body: formOf({ token }) },
      'an empty secret': { headers: basic(id, ''), body: formOf({ token }) },
      'an encoded secret': {
        headers: basic(encodeURIComponent(id), String(secret).replaceAll('_', '%5F')),
        body: formOf({ token }),
      },
      'a broken escape': { headers: basic(id, '%zz'), body: formOf({ token }) },
      'a null byte': { headers: basic(id, 'a\0'), body: formOf({ token }) },
      'a null byte in the name': { headers: basic(`${id}%00`, secret), body: formOf({ token }) },
      'no colon': { headers: { authorization: 'Basic YWJj' }, body: formOf({ token }) },
      'no base64': { headers: { authorization: 'Basic ?' }, body: formOf({ token }) },
      'another scheme': { headers: { authorization: 'Bearer x' }, body: formOf({ token }) },
      'two spaces': {
        headers: { authorization: basic(id, secret).authorization.replace(' ', '  ') },
        body: formOf({ token }),
      },
      'small letters': {
        headers: { authorization: basic(id, secret).authorization.replace('Basic', 'basic') },
        body: formOf({ token }),
      },
    }
    const decided: string[] = []
    for (const [name, ask] of Object.entries(asks))
      for (const accept of ['', 'text/html', 'application/json, text/html;q=0.1']) {
        const headers = { ...ask.headers, ...(accept && { accept }) }
        const { ours, library, short } = await bothWays(node, { ...ask, headers })
        expect(withoutNumbers(ours), `${name}, ${accept}`).toEqual(withoutNumbers(library))
        expect(ours.status, name).toBeLessThan(500)
        if (short && accept === '') decided.push(`${name}: ${ours.status}`)
      }
    expect(decided).toEqual([
      'a wrong secret: 401',
      'the secret of another client: 401',
      'an unknown client: 401',
      'a disabled client: 401',
      'a wrong secret in the form: 401',
      'the right secret in the form: 200',
      'the form, by the header: 200',
      'a public client with a secret: 401',
      'a client with keys, and a secret: 401',
      'a secret that has run out: 400',
      'the client twice: 200',
      'an encoded secret: 200',
      'small letters: 200',
    ])
  })

  test('leaves what is not plain to the library', async ({ node, given }) => {
    const { party, tokenOf } = await situation(node, given)
    const token = (await tokenOf(party)).access
    const auth = basic(party.clientId, party.secret)
    const body = formOf({ token })
    const asks: Record<string, Asked> = {
      'the token twice': { headers: auth, body: `${body}&${body}` },
      'another field twice': { headers: auth, body: `${body}&x=1&x=2` },
      'the client twice': { headers: auth, body: `${body}&client_id=a&client_id=b` },
      'no token': { headers: auth, body: 'a=b' },
      'an empty token': { headers: auth, body: 'token=' },
      'an empty body': { headers: auth, body: '' },
      'a long body': { headers: auth, body: `${body}&x=${'a'.repeat(20_000)}` },
      'a body over the limit': { headers: auth, body: `${body}&x=${'a'.repeat(60_000)}` },
      'a page of another origin': {
        headers: { ...auth, origin: 'https://elsewhere.example' },
        body,
      },
      'its own page': { headers: { ...auth, origin: 'https://rp.example' }, body },
      'another spelling': { path: '/OAUTH2/Introspect/', headers: auth, body },
      'a query': { path: '/oauth2/introspect?token=x', headers: auth, body },
    }
    for (const [name, ask] of Object.entries(asks)) {
      const { ours, library } = await bothWays(node, ask)
      expect(ours, name).toEqual(library)
      expect(ours.status, name).toBeLessThan(500)
    }
    for (const type of ['application/json', 'text/plain']) {
      const headers = { ...auth, 'content-type': type }
      expect((await answerTo(node, { headers, body })).status, type).toBe(400)
    }
  })

  test('hides a token that has expired', async ({ database }) => {
    const node = await startNode(database, 'tokens:\n  access_token: 2s\n')
    const { party, tokenOf, serviceToken } = await situation(node, givenOn(node))
    const tokens = [
      (await tokenOf(party)).access,
      (await tokenOf(party, { scope: 'openid read', resource: JWT })).access,
      await serviceToken(),
      await serviceToken({ resource: JWT, scope: 'read' }),
    ]
    const headers = basic(party.clientId, party.secret)
    for (const token of tokens) {
      const asked = { headers, body: formOf({ token }) }
      await expect.poll(async () => (await bothWays(node, asked)).ours.text).toMatch(/:false/)
      const { ours, library, short } = await bothWays(node, asked)
      expect(short).toBe(true)
      expect(ours).toEqual(library)
      expect(ours.text).toBe('{"active":false}')
    }
    await node.close()
  })

  test('is a use of the session, if the token stands', async ({ node, given, pass }) => {
    const { user, party, tokenOf, pairwiseParty } = await situation(node, given)
    const { access } = await tokenOf(party)
    const { services } = node
    await services.activity.flush()
    const before = await sessionOf(node, user.id)
    await pass('1m')

    await introspect(pairwiseParty, access)
    await services.activity.flush()
    const asked = await sessionOf(node, user.id)
    await introspect(party, access)
    await services.activity.flush()
    const used = await sessionOf(node, user.id)

    expect(asked.lastSeenAt.getTime()).toBe(before.lastSeenAt.getTime() - 60_000)
    expect(used.lastSeenAt.getTime()).toBeGreaterThan(before.lastSeenAt.getTime())
  })
})

/** A page names the request, and that differs. */
function withoutNumbers<T extends { readonly text: string }>(answer: T): T {
  return { ...answer, text: answer.text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '#') }
}

async function dpopProof({ issuer }: Node) {
  const keys = await generateKeyPair('ES256')
  const jwk = await exportJWK(keys.publicKey)
  return () =>
    new SignJWT({ htm: 'POST', htu: `${issuer}/oauth2/token`, jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(keys.privateKey)
}
