import type { Middleware } from 'koa'

const YEAR = 31_536_000

const HEADERS = {
  // Whatever is not a page of ours shows nothing, loads nothing and is framed by nobody; pages
  // replace this (`pageHeaders`).
  'Content-Security-Policy':
    "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy':
    'accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()',
  'Cache-Control': 'no-store',
} as const

/** The strictest headers on every answer, errors too; a handler that needs less says so itself. */
export function setSecurityHeaders(issuer: string): Middleware {
  const secure = issuer.startsWith('https:')
  const headers = Object.entries({
    ...HEADERS,
    ...(secure && { 'Strict-Transport-Security': `max-age=${YEAR}` }),
  })

  return function securityHeaders({ res }, next) {
    for (const [name, value] of headers) res.setHeader(name, value)
    return next()
  }
}
