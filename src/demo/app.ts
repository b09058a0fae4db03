import Koa, { type Context, type Middleware } from 'koa'
import type { Application } from './application.ts'
import type { Assets } from './assets.ts'
import { contentRoutes, type Skin, show } from './content-routes.ts'
import { securityHeaders } from './headers.ts'
import { loginRoutes } from './login-routes.ts'
import { presentProblem } from './page-model.ts'
import type { Pages } from './pages.ts'
import { statusOf } from './problems.ts'
import { receiveLogout } from './receive-logout.ts'
import { Refusal } from './refusal.ts'

interface Looks {
  readonly pages: Pages
  readonly assets: Assets
}

/** One application as an HTTP server; the list is the order in which a request meets them. */
export function createApp(app: Application, { pages, assets }: Looks): Koa {
  const skin = { pages, frame: frameOf(app, assets) }
  const login = loginRoutes(app)
  const content = contentRoutes(app, skin)
  const koa = new Koa()
  koa.on('error', (error) => {
    // A window that was closed leaves its event stream early, which is no news.
    if (error.code === 'ERR_STREAM_PREMATURE_CLOSE') return
    app.log.warn({ err: error }, 'an answer could not be sent')
  })
  koa.use(setHeaders(app))
  koa.use(showRefusals(app, skin))
  koa.use(assets.serve)
  koa.use(onlyAt('/backchannel-logout', receiveLogout(app)))
  koa.use(keepToOwnAddress(app))
  koa.use(login.routes())
  koa.use(content.routes())
  koa.use(content.allowedMethods())
  return koa
}

function frameOf({ name, sibling }: Application, { stylesheet, script }: Assets): Skin['frame'] {
  return {
    app: name === 'Notes' ? 'notes' : 'billing',
    appName: name,
    stylesheet,
    script,
    sibling: sibling && { href: `${sibling.base}/`, label: `Open ${sibling.name}` },
  }
}

function setHeaders({ issuer }: Application): Middleware {
  const headers = securityHeaders(issuer)
  return function setSecurityHeaders(ctx, next) {
    ctx.set(headers)
    return next()
  }
}

function showRefusals({ log }: Application, { pages, frame }: Skin): Middleware {
  return async function showRefusal(ctx, next) {
    try {
      await next()
      if (ctx.status === 404 && !ctx.body) throw new Refusal('not_found')
    } catch (error) {
      const refusal = toRefusal(error)
      const details = { err: refusal.cause, code: refusal.code, path: ctx.path }
      if (statusOf(refusal) >= 500) log.error(details, 'a request failed')
      else log.warn(details, 'a request was refused')
      show(ctx, pages.render(presentProblem(frame, refusal)))
      ctx.status = statusOf(refusal)
    }
  }

  function toRefusal(error: unknown): Refusal {
    return error instanceof Refusal ? error : new Refusal('internal_error', { cause: error })
  }
}

function onlyAt(path: string, receive: (ctx: Context) => Promise<void>): Middleware {
  return async function receivePost(ctx, next) {
    if (ctx.path !== path) return next()
    if (ctx.method === 'POST') return receive(ctx)
    ctx.set('Allow', 'POST')
    ctx.status = 405
  }
}

/**
 * Cookies belong to one host name: a login begun at 127.0.0.1 would come back to localhost and
 * not be known there.
 */
function keepToOwnAddress({ base }: Application): Middleware {
  const { host } = new URL(base)
  return async function keepTo(ctx, next) {
    if (ctx.host === host) return next()
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') throw new Refusal('not_found')
    ctx.redirect(`${base}/`)
  }
}
