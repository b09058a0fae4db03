import Router from '@koa/router'
import type { Context } from 'koa'
import type { Application } from './application.ts'
import { beginLogin } from './begin-login.ts'
import { finishLogin } from './finish-login.ts'
import { logOut } from './log-out.ts'
import { readPostedForm } from './posted-form.ts'
import { requireWorkspaceName } from './workspace-name.ts'

/** Coming and going. */
export function loginRoutes(app: Application): Router {
  const router = new Router()

  router.get('/login', (ctx) => sendToProvider(ctx, requireWorkspaceName(ctx.query.workspace)))

  router.post('/login', async (ctx) => {
    const posted = await readPostedForm(app, ctx)
    if (!posted) return seeOther(ctx, '/')
    return sendToProvider(ctx, requireWorkspaceName(posted.form.get('workspace')))
  })

  router.get('/callback', async (ctx) => {
    const id = app.cookies.visit(ctx)
    const { visit, insteadOf } = await finishLogin(app, {
      browser: app.cookies.browser(ctx),
      search: ctx.search,
      before: id === null ? null : app.visits.find(id),
    })
    app.cookies.setVisit(ctx, visit.id)
    seeOther(ctx, insteadOf === null ? '/' : `/?asked=${insteadOf}`)
  })

  router.post('/logout', async (ctx) => {
    const posted = await readPostedForm(app, ctx)
    if (!posted) return seeOther(ctx, '/')
    app.cookies.dropVisit(ctx)
    const url = await logOut(app, posted.visit)
    seeOther(ctx, url.href)
  })

  return router

  async function sendToProvider(ctx: Context, workspace: string | null): Promise<void> {
    const url = await beginLogin(app, { browser: app.cookies.browser(ctx), workspace })
    seeOther(ctx, url.href)
  }
}

/** With 303 the browser comes with GET, whatever it came with here. */
export function seeOther(ctx: Context, to: string): void {
  ctx.redirect(to)
  ctx.status = 303
}
