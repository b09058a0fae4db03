import { createHash, randomBytes } from 'node:crypto'
import type { Client } from '../../src/clients/client.ts'
import { authorize, type Party, post, redeem, send, signIn } from '../support/relying-party.ts'
import { type Browser, expect, type Given, type Node, test } from '../support/world.ts'

const REDIRECT = 'https://rp.example/callback'
const PUBLIC = { token_endpoint_auth_method: 'none' }

/** A client with a person who consented to it, and their browser. */
async function ready(node: Node, given: Given, metadata: object = {}) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  const client = await given.client(metadata)
  await given.consent(user, workspace, client)
  const party: Party = { issuer: node.issuer, ...client }
  return { client, party, browser: await given.browser(user) }
}

/** The authorization endpoint's answer as it is, redirect or page. */
function ask(party: Party, browser: Browser, params: Record<string, string | undefined>) {
  const asked = {
    client_id: party.clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: createHash('sha256').update('x').digest('base64url'),
    code_challenge_method: 'S256',
    ...params,
  }
  const known = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] != null)
  const path = `/oauth2/authorize?${new URLSearchParams(known)}`
  return send(party, { method: 'GET', path, headers: { cookie: browser.cookie } })
}

function exempt(node: Node, client: Client) {
  const { pool } = node.services
  return pool.query('UPDATE client SET pkce_exempt = true WHERE client_id = $1', [client.clientId])
}

test.describe('the address to return to', () => {
  const others = [
    `${REDIRECT}/`,
    `${REDIRECT}?a=1`,
    `${REDIRECT}#a`,
    'https://rp.example/callback/../callback',
    'https://rp.example/Callback',
    'https://RP.example/callback',
    'https://rp.example:443/callback',
    'https://rp.example./callback',
    'https://someone@rp.example/callback',
    'https://rp.example.evil.example/callback',
    'http://rp.example/callback',
    'javascript:alert(1)',
    '',
  ]

  test('is compared letter by letter, and nobody is sent elsewhere', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    for (const redirect_uri of [...others, undefined]) {
      const { status, headers, text } = await ask(party, browser, { redirect_uri })
      expect([redirect_uri, status, headers.location]).toEqual([redirect_uri, 400, undefined])
      expect(text).toMatch(/<code>invalid_(redirect_uri|request)<\/code>/)
    }
    const { location } = await authorize(party, browser)
    expect(location).toMatch(/^https:\/\/rp\.example\/callback\?code=/)
  })

  test('is the same again when the code is redeemed', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    const { params, verifier } = await authorize(party, browser)
    const form = { grant_type: 'authorization_code', code: params.get('code') ?? '' }
    const other = { ...form, code_verifier: verifier, redirect_uri: `${REDIRECT}/` }
    const { status, body } = await post(party, '/oauth2/token', other)
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
  })
})

test.describe('PKCE', () => {
  for (const [kind, metadata] of Object.entries({ confidential: {}, public: PUBLIC })) {
    test(`is required of a ${kind} client, by S256 alone`, async ({ node, given }) => {
      const { party, browser } = await ready(node, given, metadata)
      const none = { code_challenge: undefined, code_challenge_method: undefined }
      const plain = { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }
      const implied = { code_challenge: 'x'.repeat(43), code_challenge_method: undefined }
      for (const challenge of [none, plain, implied]) {
        const { headers } = await ask(party, browser, challenge)
        const told = new URL(headers.location ?? 'x:').searchParams
        expect([told.get('error'), told.get('code')]).toEqual(['invalid_request', null])
      }
    })

    test(`lets no ${kind} client redeem without the verifier`, async ({ node, given }) => {
      const { party, browser } = await ready(node, given, metadata)
      for (const verifier of ['', 'x'.repeat(43)]) {
        const { params } = await authorize(party, browser)
        const { status, body } = await redeem(party, params.get('code') ?? '', verifier)
        expect([status, body.error]).toEqual([400, 'invalid_grant'])
      }
    })
  }

  test('is not asked of the one confidential client that is exempt', async ({ node, given }) => {
    const { party, browser, client } = await ready(node, given)
    await exempt(node, client)
    const none = { code_challenge: undefined, code_challenge_method: undefined }
    const { headers } = await ask(party, browser, none)
    const code = new URL(headers.location ?? 'x:').searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT }
    expect((await post(party, '/oauth2/token', form)).status).toBe(200)
  })

  test('is asked of a public client whatever its row says', async ({ node, given }) => {
    const { party, browser, client } = await ready(node, given, PUBLIC)
    await exempt(node, client)
    const none = { code_challenge: undefined, code_challenge_method: undefined }
    const { headers } = await ask(party, browser, none)
    expect(new URL(headers.location ?? 'x:').searchParams.get('error')).toBe('invalid_request')
  })
})

test.describe('an authorization response', () => {
  test('names the issuer, be it good or bad', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    const good = await authorize(party, browser)
    expect([good.params.get('iss'), good.params.has('code')]).toEqual([node.issuer, true])
    const { params } = await authorize(party, { ...browser, cookie: '' }, { prompt: 'none' })
    expect([params.get('iss'), params.get('error')]).toEqual([node.issuer, 'login_required'])
  })

  for (const type of ['token', 'id_token', 'code id_token', 'code token', 'none', 'constructor']) {
    test(`of the type ${type} is refused`, async ({ node, given }) => {
      const { party, browser } = await ready(node, given)
      const { headers, status } = await ask(party, browser, { response_type: type, nonce: 'n' })
      expect(status).toBe(303)
      expect(headers.location).toMatch(/[?#]error=unsupported_response_type&/)
      expect(headers.location).not.toMatch(/[?#&](code|access_token|id_token)=/)
    })
  }
})

test.describe('a pushed authorization request', () => {
  const push = (party: Party, form: Record<string, string> = {}) =>
    post(party, '/oauth2/par', {
      client_id: party.clientId,
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'openid',
      code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
      code_challenge_method: 'S256',
      ...form,
    })
  const follow = (party: Party, browser: Browser, uri: string) => {
    const query = new URLSearchParams({ client_id: party.clientId, request_uri: uri })
    const headers = { cookie: browser.cookie }
    return send(party, { method: 'GET', path: `/oauth2/authorize?${query}`, headers })
  }

  test('leads to a code, once', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    const { status, body } = await push(party)
    expect(status).toBe(201)
    const uri = String(body.request_uri)

    const first = await follow(party, browser, uri)
    const code = new URL(first.headers.location ?? 'x:').searchParams.get('code') ?? ''
    expect((await redeem(party, code, 'v'.repeat(43))).status).toBe(200)
    const again = await follow(party, browser, uri)
    expect([again.status, again.headers.location]).toEqual([400, undefined])
  })

  test('is of the client that pushed it', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    const other = { issuer: node.issuer, ...(await given.client()) }
    const { body } = await push(party)
    const taken = await follow(other, browser, String(body.request_uri))
    expect([taken.status, taken.headers.location]).toEqual([400, undefined])
  })

  test('is judged where it is pushed', async ({ node, given }) => {
    const { party } = await ready(node, given)
    const refused = [
      { redirect_uri: `${REDIRECT}/` },
      { code_challenge_method: 'plain' },
      { response_type: 'token' },
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
    ]
    for (const form of refused) {
      const { status, body } = await push(party, form)
      expect([status, typeof body.error]).toEqual([400, 'string'])
    }
    const stranger = await push({
      ...party,
      secret: `scs_${randomBytes(32).toString('base64url')}`,
    })
    expect([stranger.status, stranger.body.error]).toEqual([401, 'invalid_client'])
  })
})

test.describe('userinfo', () => {
  test('answers GET and POST, and the token alone', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    const { body } = await signIn(party, browser)
    const token = String(body.access_token)
    const bearer = { authorization: `Bearer ${token}` }
    const path = '/oauth2/userinfo'
    const form = { 'content-type': 'application/x-www-form-urlencoded' }

    const got = await send(party, { method: 'GET', path, headers: bearer })
    const posted = await send(party, { method: 'POST', path, headers: bearer })
    const inBody = await send(party, {
      method: 'POST',
      path,
      headers: form,
      body: `access_token=${token}`,
    })
    expect([got.status, posted.status, inBody.status]).toEqual([200, 200, 200])
    expect(JSON.parse(got.text)).toMatchObject({ workspace_roles: ['member'] })
    expect([posted.text, inBody.text]).toEqual([got.text, got.text])

    const inQuery = await send(party, {
      method: 'GET',
      path: `${path}?access_token=${token}`,
      headers: {},
    })
    expect(inQuery.status).toBe(400)
    const none = await send(party, { method: 'GET', path, headers: {} })
    expect(none.status).toBe(401)
    expect(none.headers['www-authenticate']).toMatch(/^Bearer realm=(?!.*error)/)
    const wrong = { authorization: `Bearer ${token.slice(0, -2)}` }
    const refused = await send(party, { method: 'GET', path, headers: wrong })
    expect([refused.status, JSON.parse(refused.text).error]).toEqual([401, 'invalid_token'])
    expect(refused.headers['www-authenticate']).toContain('error="invalid_token"')
  })
})

test.describe('a revocation', () => {
  const revokeWith = (party: Party, form: Record<string, string>) =>
    post(party, '/oauth2/revoke', form)

  test('answers with nothing of no type, also for what is no token', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    const { body } = await signIn(party, browser)
    for (const token of [String(body.access_token), String(body.refresh_token), 'nothing']) {
      const { status, headers, body: empty } = await revokeWith(party, { token })
      expect([status, headers['content-type'], empty]).toEqual([200, undefined, {}])
    }
  })

  test('tells what is wrong as OAuth does', async ({ node, given }) => {
    const { party } = await ready(node, given)
    const type = /^application\/json/
    const empty = await revokeWith(party, {})
    expect([empty.status, empty.body.error]).toEqual([400, 'invalid_request'])
    expect(empty.headers['content-type']).toMatch(type)
    const stranger = await revokeWith({ ...party, secret: 'scs_x' }, { token: 'x' })
    expect([stranger.status, stranger.body.error]).toEqual([401, 'invalid_client'])
    expect(stranger.headers['content-type']).toMatch(type)
  })
})
