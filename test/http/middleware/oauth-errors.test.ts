import { DomainError } from '../../../src/errors.ts'
import { guardInput } from '../../../src/http/middleware/guard-input.ts'
import { expect, test } from './serving.ts'

const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const guarded = [guardInput({ bodyLimit: 100 })]
const long = { method: 'POST', body: 'a'.repeat(101) }

const fail = (error: unknown) => () => {
  throw error
}

test.describe('a refusal at an OAuth endpoint', () => {
  for (const path of [
    '/oauth2/token',
    '/oauth2/introspect',
    '/oauth2/revoke',
    '/oauth2/userinfo',
    '/oauth2/register',
    '/oauth2/register/cli_x',
    '/OAuth2/Token/',
  ])
    test(`is OAuth’s own at ${path}, whatever the caller would like to read`, async ({ serve }) => {
      const { url } = await serve(guarded)
      const answer = await fetch(url + path, { ...long, headers: BROWSER })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        400,
        'application/json; charset=utf-8',
      ])
      expect(await answer.json()).toEqual({
        error: 'invalid_request',
        error_description: 'a body has at most 100 bytes',
        request_id: answer.headers.get('x-request-id'),
      })
    })

  test('says 413 where a pushed request is too large (RFC 9126 §2.3)', async ({ serve }) => {
    const { url } = await serve(guarded)
    const answer = await fetch(`${url}/oauth2/par`, long)
    expect([answer.status, (await answer.json()).error]).toEqual([413, 'invalid_request'])
  })

  test('for want of the database says when to come back', async ({ serve }) => {
    const { url } = await serve([fail(new DomainError('unavailable', 'x', { retryAfter: 7 }))])
    const answer = await fetch(`${url}/oauth2/token`, { method: 'POST' })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7'])
    expect((await answer.json()).error).toBe('temporarily_unavailable')
  })

  test('tells nothing of a fault of ours', async ({ serve }) => {
    const { url } = await serve([fail(new TypeError('x of ada'))])
    const answer = await fetch(`${url}/oauth2/token`, { method: 'POST' })
    expect(answer.status).toBe(500)
    expect(await answer.json()).toEqual({
      error: 'server_error',
      error_description: 'internal error',
      request_id: answer.headers.get('x-request-id'),
    })
  })
})

test.describe('a refusal where people are', () => {
  for (const path of ['/oauth2/authorize', '/oauth2/logout', '/oauth2/logout/confirm', '/login'])
    test(`is a page at ${path}`, async ({ serve }) => {
      const { url } = await serve(guarded)
      const answer = await fetch(url + path, { ...long, headers: BROWSER })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        413,
        'text/html; charset=utf-8',
      ])
    })
})
