import type { Context, Middleware } from 'koa'
import type { Redacted } from '../../lib/redacted.ts'
import type { Metrics } from '../../monitoring/metrics.ts'
import type { Doctor } from '../../monitoring/readiness.ts'
import { foldPath } from '../middleware/route-label.ts'
import { isBearer } from './bearer.ts'

export interface OperationsDeps {
  readonly doctor: Doctor
  readonly metrics: Metrics
  readonly config: {
    readonly production: boolean
    readonly monitoring: { readonly metrics: boolean }
    readonly metricsToken: Redacted<string> | null
  }
}

type Answer = (ctx: Context) => void | Promise<void>

export const OPERATIONS = ['/health', '/ready', '/metrics'] as const

/**
 * What machines ask of a server: is it alive, should it get requests, what does it count.
 *
 * It stands before the pinned host, since probes ask by address: nothing here depends on a name.
 */
export function operations(deps: OperationsDeps): Middleware {
  const answers: Readonly<Record<(typeof OPERATIONS)[number], Answer>> = {
    '/health': health,
    '/ready': (ctx) => ready(ctx, deps.doctor),
    '/metrics': (ctx) => metrics(ctx, deps),
  }
  const byPath = new Map<string, Answer>(Object.entries(answers))
  return function operate(ctx, next) {
    const answer = byPath.get(foldPath(ctx.path))
    if (!answer) return next()
    if (ctx.method === 'GET' || ctx.method === 'HEAD') return answer(ctx)
    ctx.status = 405
    ctx.set('Allow', 'GET, HEAD')
  }
}

/** The process runs and its event loop turns; no look at the database, or its outage would restart us. */
function health(ctx: Context): void {
  ctx.body = { status: 'alive' }
}

async function ready(ctx: Context, doctor: Doctor): Promise<void> {
  const { ready: isReady, checks } = await doctor.examine()
  ctx.status = isReady ? 200 : 503
  if (!isReady) ctx.set('Retry-After', '1')
  ctx.body = { status: isReady ? 'ready' : 'not ready', checks }
}

/** Numbers tell competitors and attackers something; what may not be seen does not exist. */
async function metrics(ctx: Context, deps: OperationsDeps): Promise<void> {
  const { production, monitoring, metricsToken: token } = deps.config
  if (!monitoring.metrics || (production && !token)) {
    ctx.status = 404
    return
  }
  if (token && !isBearer(ctx.get('Authorization'), token)) {
    ctx.status = 401
    ctx.set('WWW-Authenticate', 'Bearer realm="metrics"')
    return
  }
  const { type, text } = await deps.metrics.scrape()
  ctx.body = text
  ctx.set('Content-Type', type)
}
