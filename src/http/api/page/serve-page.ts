import type { Middleware } from 'koa'
import { foldPath } from '../../middleware/route-label.ts'
import { pageHeaders } from '../../page-headers.ts'
import type { Pages } from '../../pages.ts'
import type { Operation } from '../operation.ts'
import { describeApi } from './describe-api.ts'

/** The API as people read it, for anyone: the page holds nobody's data and is made once. */
export function serveApiPage(
  { pages, config }: { readonly pages: Pages; readonly config: { readonly issuer: string } },
  operations: readonly Operation[],
): Middleware {
  let html: string | null = null
  const headers = { ...pageHeaders(), 'Cache-Control': 'public, max-age=300' }

  return function apiPage(ctx, next) {
    if (foldPath(ctx.path) !== '/api/v1' || (ctx.method !== 'GET' && ctx.method !== 'HEAD'))
      return next()
    ctx.set(headers)
    // RFC 8631: where programs find the same.
    ctx.set('Link', '</api/v1/openapi.json>; rel="service-desc"')
    ctx.type = 'html'
    html ??= pages.render('api', describeApi(operations, config.issuer))
    ctx.body = html
    return undefined
  }
}
