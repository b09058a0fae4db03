import type Koa from 'koa'
import type { Context, Middleware } from 'koa'
import { DomainError } from '../../errors.ts'

/**
 * Lets every address that is derived from a request begin as the issuer does.
 *
 * The provider derives its endpoints, `htu` of DPoP proofs and the audience of client assertions
 * from the request: an assertion that was made for another server would pass here when it is
 * replayed with that server's name in Host (audience injection).
 */
export function speakAs(app: Koa, issuer: string): void {
  const { host, protocol } = new URL(issuer)
  Object.defineProperties(app.request, {
    host: { get: () => host },
    protocol: { get: () => protocol.slice(0, -1) },
  })
}

/** Answers under the issuer's own name only; whoever asks for another one is told so. */
export function pinHost(issuer: string): Middleware {
  const { host, protocol } = new URL(issuer)
  const defaultPort = protocol === 'https:' ? ':443' : ':80'

  return function pinnedHost(ctx, next) {
    // `GET http://elsewhere/path HTTP/1.1` (RFC 9112 §3.2.2) would name a host besides the header.
    if (!ctx.url.startsWith('/')) throw new DomainError('invalid_request', 'not a path')
    const named = saidBy(ctx, 'X-Forwarded-Host') || (ctx.req.headers.host ?? '').toLowerCase()
    if (named === '') throw new DomainError('invalid_request', 'no host is named')
    const plain = named.endsWith(defaultPort) ? named.slice(0, -defaultPort.length) : named
    const way = saidBy(ctx, 'X-Forwarded-Proto')
    if (plain !== host || (way !== '' && `${way}:` !== protocol)) {
      throw new DomainError('misdirected', 'this server answers under another name')
    }
    return next()
  }
}

/** What the outermost proxy says of the request, if there is one that we trust. */
function saidBy(ctx: Context, header: string): string {
  if (!ctx.app.proxy) return ''
  const [first = ''] = ctx.get(header).split(',', 1)
  return first.trim().toLowerCase()
}
