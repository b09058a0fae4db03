import { test as base, expect } from './support/database.ts'
import { type RunningApp, startApp } from './support/server.ts'

const test = base.extend<{ app: RunningApp }>({
  app: async ({ database }, use) => {
    const app = await startApp(database)
    await use(app)
    await app.close()
  },
})

const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

test.describe('the app', () => {
  test('tells its endpoints under the issuer, whatever port or name was asked for', async ({
    app,
  }) => {
    const discovery = await fetch(`${app.url}/.well-known/openid-configuration`).then((a) =>
      a.json(),
    )
    expect(discovery.issuer).toBe(app.url)
    expect(discovery.token_endpoint).toBe(`${app.url}/oauth2/token`)
    const elsewhere = await fetch(
      `${app.url.replace('localhost', '127.0.0.1')}/.well-known/openid-configuration`,
    )
    expect(elsewhere.status).toBe(421)
  })

  test('answers probes by address', async ({ app }) => {
    const byAddress = app.url.replace('localhost', '127.0.0.1')
    expect((await fetch(`${byAddress}/health`)).status).toBe(200)
    expect((await fetch(`${byAddress}/ready`)).status).toBe(200)
  })

  test('lets keys be cached, and nothing else that is not said to be', async ({ app }) => {
    const cache = (path: string) =>
      fetch(app.url + path).then(({ headers }) => headers.get('cache-control'))
    expect(await cache('/.well-known/jwks.json')).toBe('public, max-age=300')
    expect(await cache('/oauth2/userinfo')).toContain('no-store')
    expect(await cache('/nowhere')).toContain('no-store')
  })

  const paths = [
    '/',
    '/health',
    '/nowhere',
    '/assets/nothing.css',
    '/oauth2/authorize',
    '/oauth2/token',
    '/oauth2/userinfo',
    '/oauth2/logout',
    '/interaction/nothing',
    '/account',
  ]
  for (const path of paths) {
    test(`lets nobody frame or sniff ${path}`, async ({ app }) => {
      for (const headers of [BROWSER, { Accept: 'application/json' }]) {
        const answer = await fetch(app.url + path, { headers, redirect: 'manual' })
        expect(answer.status).toBeLessThan(500)
        expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
        expect(answer.headers.get('referrer-policy')).toMatch(/^(no-referrer|same-origin)$/)
        expect(answer.headers.get('x-powered-by')).toBeNull()
      }
    })
  }

  test('shows people a page for an error of the protocol that no client may hear', async ({
    app,
  }) => {
    const answer = await fetch(`${app.url}/oauth2/authorize?client_id=nobody`, { headers: BROWSER })
    expect(answer.status).toBe(400)
    const page = await answer.text()
    expect(page).toContain('<code>invalid_client</code>')
    expect(page).toContain(answer.headers.get('x-request-id')!)
  })

  const bad: readonly [string, RequestInit][] = [
    ['/oauth2/authorize?client_id=%00', {}],
    ['/oauth2/authorize?client_id=%ED%A0%80', {}],
    ['/oauth2/authorize?client_id=a&client_id=b', {}],
    [
      '/oauth2/token',
      {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: 'a\0b',
          client_id: 'a\0b',
        }),
      },
    ],
    [
      '/oauth2/token',
      { method: 'POST', body: new URLSearchParams({ client_id: 'x'.repeat(60_000) }) },
    ],
    [
      '/oauth2/token',
      { method: 'POST', body: '{', headers: { 'Content-Type': 'application/json' } },
    ],
    ['/oauth2/token', { method: 'POST', headers: { Authorization: 'Basic %%%' } }],
    ['/oauth2/introspect', { method: 'POST', body: new URLSearchParams({ token: '\ud800' }) }],
    ['/oauth2/revoke', { method: 'POST', body: new URLSearchParams({ token: '\0' }) }],
    [
      '/oauth2/par',
      {
        method: 'POST',
        body: 'a=%',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      },
    ],
    ['/oauth2/userinfo', { headers: { Authorization: `Bearer ${'x'.repeat(10_000)}` } }],
    ['/oauth2/userinfo', { headers: { Authorization: 'Bearer sat_01.%00' } }],
    ['/interaction/%00', {}],
    ['/oauth2/logout?id_token_hint=%F0%9F&state=1', {}],
    ['/oauth2/logout?id_token_hint=a.b.c', {}],
  ]
  for (const [index, [path, init]] of bad.entries()) {
    test(`answers bad input ${index + 1} at ${path.slice(0, 40)} without a fault`, async ({
      app,
    }) => {
      const answer = await fetch(app.url + path, { ...init, redirect: 'manual' })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
    })
  }

  test('says when to come back while the database is away', async ({ app, database }) => {
    await database.pool.query('ALTER TABLE client RENAME TO gone')
    const basic = { Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` }
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const broken = await fetch(`${app.url}/oauth2/token`, { method: 'POST', headers: basic, body })
    expect(broken.status).toBe(500)
    await database.pool.query('ALTER TABLE gone RENAME TO client')

    const client = await database.pool.connect()
    await client.query('BEGIN; LOCK TABLE client')
    const waiting = await fetch(`${app.url}/oauth2/token`, { method: 'POST', headers: basic, body })
    await client.query('ROLLBACK')
    client.release()
    expect([waiting.status, waiting.headers.get('retry-after')]).toEqual([503, '1'])
  })
})
