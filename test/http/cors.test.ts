import { decodeJwt } from 'jose'
import { authorize, type Party, post, redeem } from '../support/relying-party.ts'
import { expect, FORM, type Served, test } from './served.ts'

const HOME = 'https://rp.example'
const ALLOWED = 'https://pages.example'
const EVIL = 'https://evil.example'
const PUBLIC = { token_endpoint_auth_method: 'none', allowed_origins: [ALLOWED] }
const CALLED = ['token', 'introspect', 'revoke', 'par', 'userinfo'].map((name) => `/oauth2/${name}`)

/** A client with a code that it may redeem. */
async function ready({ given, party }: Served, metadata: object) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  const client = await given.client(metadata)
  await given.consent(user, workspace, client)
  const speaker = party(client)
  const { params, verifier } = await authorize(speaker, await given.browser(user))
  return { client: speaker, code: params.get('code') ?? '', verifier }
}

const from = (origin: string) => ({ origin })

test.describe('a page of another origin', () => {
  test('asks before it calls, and is never let in with cookies', async ({ plain }) => {
    for (const path of CALLED) {
      const { status, headers } = await plain.ask(path, {
        method: 'OPTIONS',
        headers: {
          ...from(HOME),
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,dpop',
        },
      })
      expect([path, status, headers['access-control-allow-origin']]).toEqual([path, 204, HOME])
      expect(headers['access-control-allow-methods']).toContain('POST')
      expect(headers['access-control-allow-headers']).toBe('authorization,dpop')
      expect(headers['access-control-allow-credentials']).toBeUndefined()
      expect(headers.vary).toContain('Origin')
    }
  })

  test('gets the tokens of its own public client', async ({ plain }) => {
    for (const origin of [HOME, ALLOWED]) {
      const { client, code, verifier } = await ready(plain, PUBLIC)
      const { status, headers, body } = await redeem(client, code, verifier, from(origin))
      expect([status, headers['access-control-allow-origin']]).toEqual([200, origin])
      expect(headers['access-control-allow-credentials']).toBeUndefined()

      const authorization = `Bearer ${body.access_token}`
      const userinfo = await plain.ask('/oauth2/userinfo', {
        headers: { authorization, ...from(origin) },
      })
      expect([userinfo.status, userinfo.headers['access-control-allow-origin']]).toEqual([
        200,
        origin,
      ])
      expect(JSON.parse(userinfo.text).sub).toBe(decodeJwt(String(body.id_token)).sub)
    }
  })

  test('gets nothing of a client that did not name it', async ({ plain }) => {
    const { client, code, verifier } = await ready(plain, PUBLIC)
    const others = [
      EVIL,
      'null',
      'https://rp.example:444',
      'http://rp.example',
      `${HOME}.evil.example`,
    ]
    for (const origin of others) {
      const { status, headers, body } = await redeem(client, code, verifier, from(origin))
      expect([origin, status, body.error]).toEqual([origin, 400, 'invalid_request'])
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
    const { body } = await redeem(client, code, verifier)
    const userinfo = await plain.ask('/oauth2/userinfo', {
      headers: { authorization: `Bearer ${body.access_token}`, ...from(EVIL) },
    })
    expect([userinfo.status, userinfo.headers['access-control-allow-origin']]).toEqual([
      400,
      undefined,
    ])
  })

  test('speaks for no client that keeps a secret', async ({ plain }) => {
    const { client, code, verifier } = await ready(plain, {})
    for (const origin of [HOME, ALLOWED]) {
      const { status, headers } = await redeem(client, code, verifier, from(origin))
      expect([status, headers['access-control-allow-origin']]).toEqual([400, undefined])
    }
    for (const path of ['/oauth2/introspect', '/oauth2/revoke', '/oauth2/par']) {
      const { status, headers } = await post(client, path, { token: 'x' }, from(EVIL))
      expect([path, status, headers['access-control-allow-origin']]).toEqual([path, 400, undefined])
    }
    expect((await redeem(client, code, verifier)).status).toBe(200)
  })

  test('reads keys and discovery, which are everybody’s', async ({ plain }) => {
    for (const name of ['jwks.json', 'openid-configuration', 'oauth-authorization-server']) {
      const { status, headers } = await plain.ask(`/.well-known/${name}`, { headers: from(EVIL) })
      expect([name, status]).toEqual([name, 200])
      expect(headers['access-control-allow-origin']).toMatch(/^(\*|https:\/\/evil\.example)$/)
      expect(headers['access-control-allow-credentials']).toBeUndefined()
    }
  })

  test('reads no page, and registers nobody', async ({ plain }) => {
    const paths = [
      '/',
      '/login',
      '/account',
      '/oauth2/authorize',
      '/oauth2/logout',
      '/oauth2/register',
    ]
    for (const path of [...paths, '/health', '/metrics', '/interaction/x']) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { headers } = await plain.ask(path, {
          method,
          headers: { ...FORM, ...from(HOME), 'access-control-request-method': 'POST' },
          ...(method === 'POST' ? { body: 'a=b' } : {}),
        })
        const told = Object.keys(headers).filter((name) => name.startsWith('access-control-'))
        expect([method, path, told]).toEqual([method, path, []])
      }
    }
  })
})

test('an answer for one origin is kept by no cache for another', async ({ plain }) => {
  const client: Party = plain.party({ clientId: 'nobody', secret: null })
  const { headers } = await post(client, '/oauth2/token', { grant_type: 'x' }, from(HOME))
  expect([headers.vary, headers['cache-control']]).toEqual([
    expect.stringContaining('Origin'),
    'no-store',
  ])
})
