import { expect, test } from 'playwright/test'
import { failureOfError, outcomeOfStatus } from '../../src/revocation/outcome.ts'

test.describe('a status', () => {
  for (const status of [200, 204])
    test(`${status} accepts`, () => {
      expect(outcomeOfStatus(status)).toBe('delivered')
    })

  for (const status of [408, 429, 500, 502, 503, 504, 599])
    test(`${status} may pass`, () => {
      expect(outcomeOfStatus(status)).toEqual({ failure: `status_${status}`, retry: true })
    })

  for (const status of [201, 202, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 410])
    test(`${status} is meant`, () => {
      expect(outcomeOfStatus(status)).toEqual({ failure: `status_${status}`, retry: false })
    })
})

test.describe('Retry-After', () => {
  test('is heeded in seconds', () => {
    expect(outcomeOfStatus(429, '90')).toMatchObject({ retryAfter: 90 })
    expect(outcomeOfStatus(503, '0')).toMatchObject({ retryAfter: 0 })
  })

  test('is heeded as a date', () => {
    const date = new Date(Date.now() + 600_000).toUTCString()
    const { retryAfter } = outcomeOfStatus(429, date) as { retryAfter: number }
    expect(retryAfter).toBeGreaterThan(590)
    expect(retryAfter).toBeLessThanOrEqual(600)
  })

  test('in the past is now', () => {
    expect(outcomeOfStatus(429, 'Thu, 01 Jan 1970 00:00:00 GMT')).toMatchObject({ retryAfter: 0 })
  })

  test('silences nobody for more than an hour', () => {
    expect(outcomeOfStatus(429, '99999999999999999999')).toMatchObject({ retryAfter: 3600 })
    expect(outcomeOfStatus(429, 'Fri, 31 Dec 9999 23:59:59 GMT')).toMatchObject({
      retryAfter: 3600,
    })
  })

  test('that says nothing is passed over', () => {
    for (const value of ['', '-5', 'soon', '1e9', 'Xyz, 99 Xyz 2026 99:99:99 GMT'])
      expect(outcomeOfStatus(429, value)).toEqual({ failure: 'status_429', retry: true })
  })

  test('brings no refusal back', () => {
    expect(outcomeOfStatus(400, '5')).toEqual({ failure: 'status_400', retry: false })
  })
})

test.describe('an error', () => {
  const told: readonly [string, string | null][] = [
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'connection_lost'],
    ['UND_ERR_SOCKET', 'connection_lost'],
    ['EHOSTUNREACH', 'unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['UND_ERR_INVALID_ARG', null],
  ]
  for (const [code, failure] of told)
    test(`${code} is ${failure ?? 'a bug of ours'}`, () => {
      expect(failureOfError(Object.assign(new Error('x'), { code }))).toBe(failure)
    })

  test('without a code is a bug of ours', () => {
    expect(failureOfError(new TypeError('x'))).toBeNull()
  })
})
