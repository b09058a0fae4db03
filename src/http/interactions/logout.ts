import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { sidFor, subjectFor } from '../../clients/subject.ts'
import { formatId } from '../../ids.ts'
import type { Login } from '../../sessions/login/login.ts'
import { recentSessionsOfLogin } from '../../sessions/sessions-of.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import { browserLogin } from './browser-login.ts'
import type { InteractionDeps } from './deps.ts'
import { leaveLogin, leaveSessions, showLoggedOut } from './leave.ts'
import {
  askToLogOut,
  finishLogout,
  LOGOUT,
  readOrRefuse,
  scopeOf,
  sessionsWith,
} from './logout-page.ts'
import type { LogoutRequest } from './logout-request.ts'
import { goOn } from './show.ts'

/**
 * RP-Initiated Logout 1.0. A request that shows an ID token of this browser's login ends it at
 * once; for any other the person is asked, or each page on the web could log them out.
 */
export function getLogout(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const request = await readOrRefuse(deps, ctx, ctx.query)
    if (!request) return
    const login = await browserLogin(deps, ctx)
    if (!login) return finishLogout(deps, ctx, request)
    if (!(await isOfLogin(deps, request, login))) return askToLogOut(deps, ctx, request, login)
    await leaveLogin(deps, ctx, login)
    finishLogout(deps, ctx, request)
  }
}

/**
 * The same as a form (§2). Posted from the client's site it comes without our cookies, which are
 * for navigation only; the GET that the browser then makes has them.
 */
export function postLogout(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const form = await readForm(ctx)
    if (!(await readOrRefuse(deps, ctx, form))) return
    goOn(ctx, `${LOGOUT}?${new URLSearchParams(form)}`)
  }
}

const session = z.templateLiteral(['ses_', z.string().max(64)])
const form = z.object({ reach: z.enum(['login', 'none']).or(session) })

/** What the person answered. The request is judged again: its address came back through the browser. */
export function postLogoutChoice(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const request = await readOrRefuse(deps, ctx, ctx.query)
    if (!request) return
    const login = await browserLogin(deps, ctx)
    if (!login) return finishLogout(deps, ctx, request)
    await deps.csrf.check(ctx, scopeOf(login))
    const { reach } = parse(form, await readForm(ctx))

    if (reach === 'none') return goOn(ctx, request.redirect ?? '/account')
    if (reach === 'login') {
      await leaveLogin(deps, ctx, login)
      return finishLogout(deps, ctx, request)
    }
    const sessions = await sessionsWith(deps, request.client, login)
    const left = sessions.find(({ id }) => formatId('ses', id) === reach)
    if (!left) return goOn(ctx, request.redirect ?? '/account')
    await leaveSessions(deps, login, [left])
    finishLogout(deps, ctx, request, left.workspaceName)
  }
}

/** Where a reload, or the provider's own addresses, lead: nothing is done here. */
export function getLoggedOut(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    if (await browserLogin(deps, ctx)) return goOn(ctx, '/account')
    showLoggedOut(deps, ctx, { workspaceName: null, back: null })
  }
}

/** Whether the request shows an ID token of one of this login's sessions. */
async function isOfLogin(
  { db, serverKeys }: InteractionDeps,
  { client, hint }: LogoutRequest,
  login: Login,
): Promise<boolean> {
  if (!client || !hint?.sid) return false
  const lookup = { lookup: serverKeys }
  if (hint.sub !== subjectFor(lookup, client, login.userId)) return false
  const ids = await recentSessionsOfLogin(db, login.id)
  return ids.some((id) => sidFor(lookup, client, id) === hint.sid)
}
