import type { Middleware } from 'koa'
import { createCsrf } from '../../../src/http/middleware/csrf.ts'
import { speakAs } from '../../../src/http/middleware/pin-host.ts'
import { expect, type Served, test } from './serving.ts'

const ISSUER = 'https://id.example'
const csrf = createCsrf({ issuer: ISSUER, key: () => Buffer.alloc(32, 7) })

/** `GET /scope` shows a form's value, `POST /scope` accepts the form. */
const form: Middleware = async (ctx) => {
  const scope = ctx.path.slice(1)
  if (ctx.method === 'GET') ctx.body = await csrf.issue(ctx, scope)
  else {
    await csrf.check(ctx, scope)
    ctx.body = 'done'
  }
}

async function opened(server: Served, scope: string, cookie = '') {
  const answer = await fetch(`${server.url}/${scope}`, { headers: { cookie } })
  const set = answer.headers.get('set-cookie')!
  return { value: await answer.text(), set, cookie: set.split(';')[0]! }
}

function post(server: Served, scope: string, value: string, headers: Record<string, string>) {
  const body = new URLSearchParams({ csrf: value })
  return fetch(`${server.url}/${scope}`, { method: 'POST', headers, body }).then((a) => a.status)
}

test.describe('a form', () => {
  test('is accepted from the browser that it was made for', async ({ serve }) => {
    const server = await serve([form], (app) => speakAs(app, ISSUER))
    const { value, cookie, set } = await opened(server, 'lgn_1')
    expect(set).toMatch(/^__Host-csrf=[\w-]{43}; path=\/; samesite=lax; secure; httponly$/i)
    expect(
      await post(server, 'lgn_1', value, {
        cookie,
        origin: ISSUER,
        'sec-fetch-site': 'same-origin',
      }),
    ).toBe(200)
    expect(await post(server, 'lgn_1', value, { cookie })).toBe(200)
  })

  test('stays good when another tab opens one', async ({ serve }) => {
    const server = await serve([form], (app) => speakAs(app, ISSUER))
    const first = await opened(server, 'lgn_1')
    const second = await opened(server, 'lgn_2', first.cookie)
    expect(second.cookie).toBe(first.cookie)
    expect(await post(server, 'lgn_1', first.value, { cookie: second.cookie })).toBe(200)
  })

  test('is refused without the cookie, for another scope, or from elsewhere', async ({ serve }) => {
    const server = await serve([form], (app) => speakAs(app, ISSUER))
    const { value, cookie } = await opened(server, 'lgn_1')
    const stranger = await opened(server, 'lgn_1')
    const tries: [string, string, Record<string, string>][] = [
      ['lgn_1', value, {}],
      ['lgn_2', value, { cookie }],
      ['lgn_1', stranger.value, { cookie }],
      ['lgn_1', '', { cookie }],
      ['lgn_1', `${value}A`, { cookie }],
      ['lgn_1', value, { cookie: '__Host-csrf=' }],
      ['lgn_1', value, { cookie, origin: 'https://evil.example' }],
      ['lgn_1', value, { cookie, origin: 'null' }],
      ['lgn_1', value, { cookie, 'sec-fetch-site': 'cross-site' }],
      ['lgn_1', value, { cookie, 'sec-fetch-site': 'same-site' }],
    ]
    for (const [scope, posted, headers] of tries)
      expect([headers, await post(server, scope, posted, headers)]).toEqual([headers, 400])
  })
})
