import type { Middleware } from 'koa'
import { onlyFor } from '../middleware/only-for.ts'
import type { Pages } from '../pages.ts'
import type { Operation } from './operation.ts'
import { serveApiPage } from './page/serve-page.ts'
import { explainPolicyOperation } from './policies/explain-policy.ts'
import { workspaceRuleOperations } from './policies/workspace-rules.ts'
import { serveOpenApi } from './serve-openapi.ts'
import { type ServingDeps, serveOperations } from './serve-operations.ts'
import { analyticsOperation } from './sessions/analytics.ts'
import { contextOperation } from './sessions/context.ts'
import { createOwnSessionOperation } from './sessions/create-own-session.ts'
import { createSessionOperation } from './sessions/create-session.ts'
import type { SessionsDeps } from './sessions/deps.ts'
import { listSessionsOperations } from './sessions/list-sessions.ts'
import { sessionsOfUserOperations } from './sessions/of-user.ts'
import { ownSessionOperations } from './sessions/own-sessions.ts'
import { permissionOperations } from './sessions/permissions.ts'
import { sessionTokenOperations } from './sessions/use-session-tokens.ts'

const PATHS = /^\/api\/v1(\/|$)/i

export type ApiDeps = ServingDeps & SessionsDeps

/** All that the API can do, in the order of its documentation. */
export function apiOperations(deps: ApiDeps): readonly Operation[] {
  return [
    createSessionOperation(deps),
    ...sessionTokenOperations(deps),
    ...listSessionsOperations(deps),
    ...permissionOperations(deps),
    contextOperation(deps),
    analyticsOperation(deps),
    ...sessionsOfUserOperations(deps),
    createOwnSessionOperation(deps),
    ...ownSessionOperations(deps),
    explainPolicyOperation(deps),
    ...workspaceRuleOperations(deps),
  ]
}

export function apiRoutes(deps: ApiDeps & { readonly pages: Pages }): Middleware {
  const operations = apiOperations(deps)
  const page = serveApiPage(deps, operations)
  const describe = serveOpenApi(operations, deps.config.issuer)
  const serve = serveOperations(deps, operations)
  return onlyFor(PATHS, (ctx, next) =>
    page(ctx, async () => describe(ctx, async () => serve(ctx, next))),
  )
}
