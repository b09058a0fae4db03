import { DomainError } from '../../../src/errors.ts'
import { PROBLEMS } from '../../../src/http/middleware/problems.ts'
import { expect, test } from './serving.ts'

const fail = (error: unknown) => () => {
  throw error
}
const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

test.describe('a refusal', () => {
  test('is a problem to a program', async ({ serve }) => {
    const { url } = await serve([fail(new DomainError('session_ended', 'the session has ended'))])
    const answer = await fetch(url)
    expect(answer.status).toBe(410)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toEqual({
      type: 'urn:sojourn:problem:session_ended',
      title: 'Session ended',
      status: 410,
      detail: 'the session has ended',
      code: 'session_ended',
      request_id: answer.headers.get('x-request-id'),
    })
  })

  test('is a page to a person, which no other page may frame', async ({ serve }) => {
    const { url } = await serve([fail(new DomainError('form_expired', 'x'))])
    const answer = await fetch(url, { headers: BROWSER })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    const page = await answer.text()
    expect(page).toContain('<code>form_expired</code>')
    expect(page).toContain(answer.headers.get('x-request-id')!)
  })

  test('for want of the database says when to come back', async ({ serve }) => {
    const { url } = await serve([fail(new DomainError('unavailable', 'x', { retryAfter: 7 }))])
    const answer = await fetch(url)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7'])
  })

  test('has a status below 500 unless we are unavailable', () => {
    const broken = Object.entries(PROBLEMS).filter(([, { status }]) => status >= 500)
    expect(broken.map(([code, { status }]) => [code, status])).toEqual([
      ['root_key_unusable', 503],
      ['unavailable', 503],
      ['internal', 500],
    ])
  })
})

test.describe('a fault', () => {
  test('tells the caller its number alone, and the log everything', async ({ serve }) => {
    const { url, logged } = await serve([fail(new TypeError('x is not a function of ada'))])
    const answer = await fetch(url)
    const body = await answer.text()
    expect(answer.status).toBe(500)
    expect(JSON.parse(body)).toMatchObject({ code: 'internal' })
    expect(body).not.toContain('ada')
    expect(logged).toMatchObject([
      {
        level: 50,
        requestId: answer.headers.get('x-request-id'),
        err: { type: 'TypeError', stack: expect.stringContaining('answer-errors.test.ts') },
      },
    ])
  })

  test('that is thrown as no error is a fault too', async ({ serve }) => {
    const { url } = await serve([fail('words')])
    expect((await fetch(url)).status).toBe(500)
  })

  test('of a lost database, told by the driver, is 503', async ({ serve }) => {
    const lost = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' })
    const { url } = await serve([fail(lost)])
    expect((await fetch(url)).status).toBe(503)
  })
})

test.describe('an address without a handler', () => {
  test('is not found', async ({ serve }) => {
    const { url } = await serve([])
    const answer = await fetch(`${url}/nowhere`)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 'not_found' })
  })

  test('for that method keeps its Allow', async ({ serve }) => {
    const { url } = await serve([
      (ctx) => {
        ctx.status = 405
        ctx.set('Allow', 'GET')
      },
    ])
    const answer = await fetch(url, { method: 'POST' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
    expect(await answer.json()).toMatchObject({ code: 'method_not_allowed' })
  })
})
