import { createHash } from 'node:crypto'
import { authorize, post, redeem, refresh } from '../support/relying-party.ts'
import { type Answer, BROWSER, expect, FORM, type Served, test } from './served.ts'

const AUTHORIZE = {
  response_type: 'code',
  redirect_uri: 'https://rp.example/callback',
  scope: 'openid',
  code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
  code_challenge_method: 'S256',
}

/** A client, a person who lets it in, and their browser. */
async function people({ given, party }: Served) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  const client = await given.client()
  await given.consent(user, workspace, client)
  return { client: party(client), browser: await given.browser(user) }
}

const authorizePath = (clientId: string, more: object = {}) =>
  `/oauth2/authorize?${new URLSearchParams({ client_id: clientId, ...AUTHORIZE, ...more })}`

/** One of each kind of answer that the server has, by name. */
async function answersOf(served: Served): Promise<Record<string, Answer>> {
  const { ask } = served
  const { client, browser } = await people(served)
  const cookie = { cookie: browser.cookie }
  const posted = { method: 'POST', headers: FORM, body: 'a=b' }
  const page = await ask('/login', { headers: BROWSER })
  const asset = /\/assets\/[^"]+\.css/.exec(page.text)?.[0] ?? ''
  return {
    'page 200': page,
    'page 400': await ask('/login', { ...posted, headers: { ...FORM, ...BROWSER } }),
    'page 404': await ask('/nowhere', { headers: BROWSER }),
    'page of a person 200': await ask('/account', { headers: { ...BROWSER, ...cookie } }),
    'redirect 303': await ask('/account', { headers: BROWSER }),
    'redirect with a code 303': await ask(authorizePath(client.clientId), { headers: cookie }),
    'redirect with an error 303': await ask(authorizePath(client.clientId, { prompt: 'none' })),
    'posted answer 200': await ask(authorizePath(client.clientId, { response_mode: 'form_post' }), {
      headers: cookie,
    }),
    'provider page 400': await ask('/oauth2/authorize?client_id=nobody', { headers: BROWSER }),
    'provider page without Accept 400': await ask('/oauth2/authorize'),
    'discovery 200': await ask('/.well-known/openid-configuration'),
    'keys 200': await ask('/.well-known/jwks.json'),
    'tokens 400': await ask('/oauth2/token', posted),
    'tokens 200': await post(client, '/oauth2/introspect', { token: 'x' }).then(asAnswer),
    'introspection 401': await ask('/oauth2/introspect', {
      ...posted,
      headers: { ...FORM, authorization: 'Basic bm9ib2R5Ong=' },
    }),
    'revocation 200': await post(client, '/oauth2/revoke', { token: 'x' }).then(asAnswer),
    'userinfo 401': await ask('/oauth2/userinfo'),
    'registration 400': await ask('/oauth2/register', posted),
    'preflight 204': await ask('/oauth2/token', {
      method: 'OPTIONS',
      headers: { origin: 'https://rp.example', 'access-control-request-method': 'POST' },
    }),
    'asset 200': await ask(asset),
    'asset 304': await ask(asset, {
      headers: { 'if-none-match': String((await ask(asset)).headers.etag) },
    }),
    'asset 404': await ask('/assets/nothing.css'),
    'asset 405': await ask(asset, { method: 'POST' }),
    'probe 200': await ask('/health'),
    'probe 405': await ask('/health', { method: 'DELETE' }),
    'nothing 404': await ask('/nowhere'),
    'another name 421': await ask('/login', { headers: { host: 'evil.example' } }),
    'bad address 400': await ask('/login?a=%00'),
    'long body 413': await ask('/login', {
      method: 'POST',
      headers: { ...FORM, 'content-length': '99999999' },
    }),
    'fault 500': await faultOf(served),
  }
}

function asAnswer({ status, headers }: Awaited<ReturnType<typeof post>>): Answer {
  return { status, headers, text: '' }
}

/** What somebody is told while a table is gone. */
async function faultOf({ ask, query }: Served): Promise<Answer> {
  await query('ALTER TABLE client RENAME TO gone')
  const answer = await ask(authorizePath('notes'), { headers: BROWSER })
  await query('ALTER TABLE gone RENAME TO client')
  return answer
}

test.describe('every answer', () => {
  for (const kind of ['plain', 'secure'] as const) {
    test(`of a ${kind} issuer is framed by nobody, sniffed by nobody, and tells no address on`, async ({
      plain,
      secure,
    }) => {
      const served = kind === 'plain' ? plain : secure
      for (const [name, { status, headers }] of Object.entries(await answersOf(served))) {
        expect([name, status]).toEqual([name, Number(name.slice(-3))])
        const policy = headers['content-security-policy'] ?? ''
        expect([name, policy]).toEqual([name, expect.stringContaining("frame-ancestors 'none'")])
        expect([name, policy]).toEqual([name, expect.stringMatching(/^default-src 'none'/)])
        expect([name, policy]).not.toEqual([
          name,
          expect.stringMatching(/unsafe|\*|https:(?!\/\/)/),
        ])
        expect([name, headers['x-content-type-options']]).toEqual([name, 'nosniff'])
        expect([name, headers['referrer-policy']]).toEqual([
          name,
          expect.stringMatching(/^(no-referrer|same-origin)$/),
        ])
        expect([name, headers['cross-origin-opener-policy']]).toEqual([name, 'same-origin'])
        expect([name, headers['strict-transport-security']]).toEqual([
          name,
          kind === 'secure' ? 'max-age=31536000' : undefined,
        ])
        expect([name, headers['x-powered-by'], headers.server]).toEqual([
          name,
          undefined,
          undefined,
        ])
      }
    })
  }

  test('is kept by no cache, but for keys and assets', async ({ plain }) => {
    const keepable: Readonly<Record<string, string>> = {
      'keys 200': 'public, max-age=300',
      'asset 200': 'public, max-age=31536000, immutable',
      'asset 304': 'public, max-age=31536000, immutable',
    }
    for (const [name, { headers }] of Object.entries(await answersOf(plain)))
      expect([name, headers['cache-control']]).toEqual([name, keepable[name] ?? 'no-store'])
  })
})

test('tokens and what they say are kept by no cache', async ({ plain }) => {
  const { client, browser } = await people(plain)
  const { params, verifier } = await authorize(client, browser)
  const first = await redeem(client, params.get('code') ?? '', verifier)
  const token = String(first.body.access_token)
  const answers = [
    first,
    await refresh(client, String(first.body.refresh_token)),
    await post(client, '/oauth2/introspect', { token }),
    await post(client, '/oauth2/par', { client_id: client.clientId, ...AUTHORIZE }),
    await plain.ask('/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } }),
  ]
  for (const { status, headers } of answers)
    expect([status < 300, headers['cache-control']]).toEqual([true, 'no-store'])
})

test.describe('a page', () => {
  test('runs our scripts alone, and its forms lead to us and to the client', async ({ plain }) => {
    const { client } = await people(plain)
    const { headers } = await plain.ask(authorizePath(client.clientId))
    const cookie = String(headers['set-cookie']).replaceAll(/;[^,]*(,|$)/g, '; ')
    const page = await plain.ask(headers.location ?? '', { headers: { cookie } })
    expect([page.status, page.headers['content-security-policy']]).toEqual([
      200,
      "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; font-src 'self'; form-action 'self' https://rp.example; frame-ancestors 'none'; base-uri 'none'",
    ])
    expect(page.text).not.toMatch(/<script(?![^>]*\ssrc="\/assets\/)|\sstyle=|\son\w+=/)
  })
})
