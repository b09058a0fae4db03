import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'

const FORM = /^[\w.-]{8,64}$/

/**
 * Gives each request a number that the log, the answer and a problem page share.
 *
 * One from outside is taken only from a proxy that we trust: anybody else could write the number of
 * another request into our log.
 */
export function assignRequestId({ trusted }: { readonly trusted: boolean }): Middleware {
  return function requestId(ctx, next) {
    const given = trusted ? ctx.get('X-Request-Id') : ''
    const id = FORM.test(given) ? given : randomUUID()
    ctx.state.requestId = id
    ctx.res.setHeader('X-Request-Id', id)
    return next()
  }
}

export function requestIdOf(ctx: Context): string {
  return ctx.state.requestId ?? ''
}
