import { join } from 'node:path'
import Koa from 'koa'
import { accountRoutes } from './http/account/routes.ts'
import { apiRoutes } from './http/api/routes.ts'
import { type Assets, createAssets } from './http/assets.ts'
import { interactionRoutes } from './http/interactions/routes.ts'
import { answerErrors } from './http/middleware/answer-errors.ts'
import { assignRequestId } from './http/middleware/assign-request-id.ts'
import { createCsrf } from './http/middleware/csrf.ts'
import { guardInput } from './http/middleware/guard-input.ts'
import { logAccess } from './http/middleware/log-access.ts'
import { onlyFor } from './http/middleware/only-for.ts'
import { pinHost, speakAs } from './http/middleware/pin-host.ts'
import { BODY_LIMIT } from './http/middleware/read-body.ts'
import { setSecurityHeaders } from './http/middleware/set-security-headers.ts'
import { introspection } from './http/oauth/introspection.ts'
import { leaveUnread, readAhead } from './http/oauth/read-ahead.ts'
import { token } from './http/oauth/token.ts'
import { userinfo } from './http/oauth/userinfo.ts'
import { operations } from './http/operations/operations.ts'
import { createPages, type Pages } from './http/pages.ts'
import { securityRoutes } from './http/security/routes.ts'
import { serveAssets } from './http/serve-assets.ts'
import { cookieKeys } from './oidc/cookies.ts'
import type { Services } from './services.ts'

export interface Looks {
  readonly assets: Assets
  readonly pages: Pages
}

/** Where people are answered, in any case, as routers compare. */
const PAGES = /^\/(|interaction|account|login|logout|oauth2\/logout)(\/|$)/i
const SECURITY = /^\/account\/security(\/|$)/i
const ROOT = join(import.meta.dirname, '..')

/** The pages and their assets, read once. */
export function createLooks(): Looks {
  const assets = createAssets(join(ROOT, 'assets'))
  return { assets, pages: createPages({ root: join(ROOT, 'views'), assets }) }
}

/** Everything that happens to a request, in order. */
export function createApp(services: Services, { assets, pages }: Looks): Koa {
  const { config, log, oidc } = services
  const { issuer, proxyHops } = config
  const behindProxy = proxyHops > 0
  const csrf = createCsrf({ issuer, key: () => services.serverKeys.key('cookie', 'csrf') })
  const served = { ...services, pages, csrf }

  const app = new Koa({ proxy: behindProxy, maxIpsCount: proxyHops })
  app.keys = cookieKeys(services.serverKeys)
  speakAs(app, issuer)
  // What still arrives here is a connection that broke while it was answered.
  app.on('error', (error: unknown) => log.debug({ err: error }, 'an answer was not delivered'))

  app.use(assignRequestId({ trusted: behindProxy }))
  app.use(setSecurityHeaders(issuer))
  app.use(logAccess(log))
  app.use(answerErrors({ log, pages }))
  app.use(operations(services))
  app.use(pinHost(issuer))
  app.use(guardInput({ bodyLimit: BODY_LIMIT }))
  app.use(apiRoutes({ ...services, pages }))
  app.use(serveAssets(assets))
  app.use(onlyFor(PAGES, interactionRoutes(served)))
  app.use(onlyFor(SECURITY, securityRoutes(served)))
  app.use(onlyFor(PAGES, accountRoutes(served)))
  app.use(userinfo(services))
  app.use(readAhead())
  app.use(introspection(services))
  app.use(token(services))
  app.use(leaveUnread())
  app.use((ctx, next) => oidc.middleware(ctx as never, next))
  return app
}
