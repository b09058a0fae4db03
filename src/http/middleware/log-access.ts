import { channel } from 'node:diagnostics_channel'
import type { Middleware } from 'koa'
import type { Log } from '../../log.ts'
import { requestIdOf } from './assign-request-id.ts'
import { refusalIn } from './refusal.ts'
import { routeLabel } from './route-label.ts'

const outcomes = channel('sojourn:outcome')

/**
 * One line for each answer, by route label: an address or a query could hold a secret. Of what the
 * protocol refused it says why, which the answer often does not.
 */
export function logAccess(log: Log): Middleware {
  return async function access(ctx, next) {
    const started = performance.now()
    try {
      await next()
    } finally {
      const route = routeLabel(ctx.path)
      const seconds = (performance.now() - started) / 1000
      const { method, status } = ctx
      const ms = Math.round(seconds * 1000)
      const refusal = refusalIn(ctx)
      log.info({ requestId: requestIdOf(ctx), method, route, status, ms, ...refusal }, 'answered')
      outcomes.publish({ kind: 'request', method, route, status, seconds })
    }
  }
}
