import Router from '@koa/router'
import type { Context } from 'koa'
import type { Application } from './application.ts'
import { beginLogin, type LoginWish } from './begin-login.ts'
import { finishLogin } from './finish-login.ts'
import { logOut } from './log-out.ts'
import { readPostedForm } from './posted-form.ts'
import { Refusal } from './refusal.ts'

/** Coming and going. */
export function loginRoutes(app: Application): Router {
  const router = new Router()

  router.get('/login', (ctx) =>
    sendToProvider(ctx, {
      workspace: parseWorkspace(ctx.query.workspace),
      choose: ctx.query.choose !== undefined,
    }),
  )

  router.post('/login', async (ctx) => {
    const posted = await readPostedForm(app, ctx)
    if (!posted) return seeOther(ctx, '/')
    const workspace = parseWorkspace(posted.form.get('workspace')?.trim())
    return sendToProvider(ctx, { workspace, choose: false })
  })

  router.get('/callback', async (ctx) => {
    const id = app.cookies.visit(ctx)
    const visit = await finishLogin(app, {
      browser: app.cookies.browser(ctx),
      search: ctx.search,
      before: id === null ? null : app.visits.find(id),
    })
    app.cookies.setVisit(ctx, visit.id)
    seeOther(ctx, '/')
  })

  router.post('/logout', async (ctx) => {
    const posted = await readPostedForm(app, ctx)
    if (!posted) return seeOther(ctx, '/')
    app.cookies.dropVisit(ctx)
    const url = await logOut(app, posted.visit)
    seeOther(ctx, url.href)
  })

  return router

  async function sendToProvider(ctx: Context, wish: Omit<LoginWish, 'browser'>): Promise<void> {
    const url = await beginLogin(app, { ...wish, browser: app.cookies.browser(ctx) })
    seeOther(ctx, url.href)
  }
}

/** With 303 the browser comes with GET, whatever it came with here. */
export function seeOther(ctx: Context, to: string): void {
  ctx.redirect(to)
  ctx.status = 303
}

function parseWorkspace(asked: string | readonly string[] | undefined): string | null {
  if (asked === undefined || asked === '') return null
  if (typeof asked !== 'string' || !/^[A-Za-z0-9][\w-]{0,63}$/.test(asked))
    throw new Refusal('invalid_workspace')
  return asked
}
