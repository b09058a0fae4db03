import type { Context, Middleware } from 'koa'
import type { Payload } from '../../oidc/payload.ts'
import { ROUTES } from '../../oidc/routes.ts'
import { foldPath } from '../middleware/route-label.ts'
import { present } from './plain-request.ts'

interface Deps {
  readonly oidc: { userinfo(token: string): Promise<Payload | null> }
}

/**
 * The short way of a request for a person's claims that brings a sealed token in its header and
 * nothing else. All others, and all that would be refused, go the library's way.
 */
export function userinfo({ oidc }: Deps): Middleware {
  return async function tellClaims(ctx, next) {
    const token = isPlain(ctx) ? tokenIn(ctx) : undefined
    const claims = token === undefined ? null : await oidc.userinfo(token)
    if (claims === null) return next()
    present(ctx, claims)
  }
}

// An address' query and a body can bring a token, or scopes, as well; an origin wants to be allowed,
// and a proof to be judged.
function isPlain({ method, url, path, req: { headers } }: Context): boolean {
  return (
    (method === 'GET' || method === 'POST') &&
    foldPath(path) === ROUTES.userinfo &&
    !url.includes('?') &&
    (headers['content-length'] ?? '0') === '0' &&
    headers['transfer-encoding'] === undefined &&
    headers['content-type'] === undefined &&
    headers.origin === undefined &&
    headers.dpop === undefined
  )
}

function tokenIn({ req: { headers } }: Context): string | undefined {
  return /^Bearer (sat_[\w.-]+)$/i.exec(headers.authorization ?? '')?.[1]
}
