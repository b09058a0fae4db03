import type { Middleware } from 'koa'
import { foldPath } from '../middleware/route-label.ts'
import { openApiOf } from './openapi.ts'
import type { Operation } from './operation.ts'

/** The description of the API, for anyone: it holds nothing that its code does not. */
export function serveOpenApi(operations: readonly Operation[], issuer: string): Middleware {
  const description = openApiOf(operations, issuer)
  return function openApi(ctx, next) {
    if (foldPath(ctx.path) !== '/api/v1/openapi.json' || ctx.method !== 'GET') return next()
    ctx.set('Access-Control-Allow-Origin', '*')
    ctx.set('Cache-Control', 'public, max-age=300')
    ctx.body = description
    return undefined
  }
}
