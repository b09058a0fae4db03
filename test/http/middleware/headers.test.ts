import { DomainError } from '../../../src/errors.ts'
import { assignRequestId } from '../../../src/http/middleware/assign-request-id.ts'
import { logAccess } from '../../../src/http/middleware/log-access.ts'
import { setSecurityHeaders } from '../../../src/http/middleware/set-security-headers.ts'
import { expect, logInto, test } from './serving.ts'

test.describe('every answer', () => {
  const refuse = () => {
    throw new DomainError('throttled', 'x')
  }

  test('carries the security headers, errors too', async ({ serve }) => {
    const { url } = await serve([setSecurityHeaders('https://id.example'), refuse])
    const { headers } = await fetch(url)
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
    expect(headers.get('permissions-policy')).toContain('camera=()')
  })

  test('demands https only where the issuer has it', async ({ serve }) => {
    const { url } = await serve([setSecurityHeaders('http://localhost:8080'), refuse])
    expect((await fetch(url)).headers.get('strict-transport-security')).toBeNull()
  })
})

test.describe('a request number', () => {
  const echo = (ctx: { body: unknown; state: { requestId?: string } }) => {
    ctx.body = ctx.state.requestId
  }
  const given = { headers: { 'X-Request-Id': 'number-of-another' } }

  test('is our own, whatever the caller says', async ({ serve }) => {
    const { url } = await serve([assignRequestId({ trusted: false }), echo])
    const numbers = [await fetch(url, given), await fetch(url, given)].map((answer) =>
      answer.headers.get('x-request-id'),
    )
    expect(new Set([...numbers, 'number-of-another']).size).toBe(3)
  })

  test('of a trusted proxy is kept if it has the form of one', async ({ serve }) => {
    const { url } = await serve([assignRequestId({ trusted: true }), echo])
    expect(await (await fetch(url, given)).text()).toBe('number-of-another')
    const odd = await fetch(url, { headers: { 'X-Request-Id': 'a b"c' } })
    expect(await odd.text()).toMatch(/^[0-9a-f-]{36}$/)
  })
})

test.describe('the access log', () => {
  test('names the route, never the address', async ({ serve }) => {
    const lines: Record<string, unknown>[] = []
    const { url } = await serve([
      logAccess(logInto(lines)),
      (ctx) => {
        ctx.status = 204
      },
    ])
    await fetch(`${url}/interaction/s3cr3t-uid?code=s3cr3t`, { headers: { Cookie: 'sid=s3cr3t' } })
    expect(lines).toMatchObject([
      {
        msg: 'answered',
        method: 'GET',
        route: '/interaction/:uid',
        status: 204,
        ms: expect.any(Number),
      },
    ])
    expect(JSON.stringify(lines)).not.toContain('s3cr3t')
  })
})
