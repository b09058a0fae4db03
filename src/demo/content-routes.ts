import Router from '@koa/router'
import type { Context } from 'koa'
import type { Application } from './application.ts'
import { arrive } from './arrive.ts'
import { invoicesOf } from './invoices.ts'
import { seeOther } from './login-routes.ts'
import { parseNoteForm } from './notes.ts'
import {
  EMPTY_NOTE_FORM,
  type Frame,
  type NoteForm,
  presentDesk,
  presentDoor,
} from './page-model.ts'
import type { Pages } from './pages.ts'
import { readPostedForm } from './posted-form.ts'
import { Refusal } from './refusal.ts'
import type { Visit } from './visit.ts'
import { watchVisit } from './watch-visit.ts'
import { parseWorkspaceName } from './workspace-name.ts'

export interface Skin {
  readonly pages: Pages
  readonly frame: Frame
}

/** What there is to see and do. */
export function contentRoutes(app: Application, { pages, frame }: Skin): Router {
  const router = new Router()

  router.get('/', async (ctx) => {
    const { visit, notice } = await arrive(app, ctx)
    if (visit) {
      const shown = notice ?? elsewhereNotice(ctx, visit)
      return showDesk(ctx, { visit, notice: shown, noteForm: EMPTY_NOTE_FORM })
    }
    const back = isBackFromLogout(app, ctx) ? 'You are logged out.' : notice
    show(ctx, pages.render(presentDoor(frame, back)))
  })

  router.get('/events', watchVisit(app))

  router.post('/refresh', async (ctx) => {
    const posted = await readPostedForm(app, ctx)
    const outcome = posted && (await app.refreshVisit(posted.visit))
    if (outcome && !outcome.refreshed && outcome.reason !== 'session_ended')
      throw new Refusal(outcome.reason)
    seeOther(ctx, '/')
  })

  if (app.name === 'Notes')
    router.post('/notes', async (ctx) => {
      const posted = await readPostedForm(app, ctx)
      if (!posted) return seeOther(ctx, '/')
      const { visit, form } = posted
      const verdict = parseNoteForm(form)
      if (!verdict.valid) {
        const { title, text } = verdict
        showDesk(ctx, { visit, notice: null, noteForm: { title, text, refused: true } })
        ctx.status = 422
        return
      }
      const { title, text } = verdict
      const author = visit.person.name || visit.person.email || visit.person.sub
      app.notes.add(visit.workspace.id, { title, text, author, writtenAt: new Date() })
      seeOther(ctx, '/')
    })

  return router

  function showDesk(
    ctx: Context,
    desk: {
      readonly visit: Visit
      readonly notice: string | null
      readonly noteForm: NoteForm
    },
  ): void {
    const { id } = desk.visit.workspace
    const content = { notes: app.notes.of(id), invoices: invoicesOf(id, app.startedAt) }
    show(ctx, pages.render(presentDesk(frame, { ...desk, ...content }, new Date())))
  }
}

export function show(ctx: Context, html: string): void {
  ctx.type = 'html'
  ctx.body = html
}

/** The `state` that we sent along; anybody else's means nothing. */
function isBackFromLogout({ pendingLogouts }: Application, { query }: Context): boolean {
  return typeof query.state === 'string' && pendingLogouts.take(query.state) === true
}

/** Anybody can write the address, so it brings nothing but a name. */
function elsewhereNotice({ query }: Context, { workspace }: Visit): string | null {
  const asked = parseWorkspaceName(query.asked)
  if (asked === null || asked === workspace.slug) return null
  return `You asked for ${asked}, and this is ${workspace.slug}.`
}
