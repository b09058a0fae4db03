import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import type { Client } from '../../clients/client.ts'
import { sidFor, subjectFor } from '../../clients/subject.ts'
import type { Login } from '../../sessions/login.ts'
import type { CheckedSession } from '../../sessions/session.ts'
import { recentSessionsOfLogin, sessionsOfLogin } from '../../sessions/sessions-of.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import type { Link } from '../view-models.ts'
import { browserLogin } from './browser-login.ts'
import type { InteractionDeps } from './deps.ts'
import { nameOfClient, nameOfUser } from './display-name.ts'
import { leaveLogin, leaveSessions, showLoggedOut } from './leave.ts'
import { type LogoutRequest, readLogoutRequest } from './logout-request.ts'
import { goOn, show } from './show.ts'

const LOGOUT = '/oauth2/logout'

/**
 * RP-Initiated Logout 1.0. A request that shows an ID token of this browser's login ends it at
 * once; for any other the person is asked, or each page on the web could log them out.
 */
export function getLogout(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const request = await readLogoutRequest(deps, ctx.query)
    const login = await browserLogin(deps, ctx)
    if (!login) return finish(deps, ctx, request)
    if (!(await isOfLogin(deps, request, login))) return ask(deps, ctx, request, login)
    await leaveLogin(deps, ctx, login)
    finish(deps, ctx, request)
  }
}

/**
 * The same as a form (§2). Posted from the client's site it comes without our cookies, which are
 * for navigation only; the GET that the browser then makes has them.
 */
export function postLogout(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const form = await readForm(ctx)
    await readLogoutRequest(deps, form)
    goOn(ctx, `${LOGOUT}?${new URLSearchParams(form)}`)
  }
}

const form = z.object({ reach: z.enum(['login', 'session', 'none']) })

/** What the person answered. The request is judged again: its address came back through the browser. */
export function postLogoutChoice(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const request = await readLogoutRequest(deps, ctx.query)
    const login = await browserLogin(deps, ctx)
    if (!login) return finish(deps, ctx, request)
    await deps.csrf.check(ctx, scopeOf(login))
    const { reach } = parse(form, await readForm(ctx))

    if (reach === 'none') return goOn(ctx, request.redirect ?? '/account')
    if (reach === 'login') {
      await leaveLogin(deps, ctx, login)
      return finish(deps, ctx, request)
    }
    const sessions = await sessionsWith(deps, request.client, login)
    await leaveSessions(deps, login, sessions)
    finish(deps, ctx, request, namesOf(sessions))
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

async function ask(
  deps: InteractionDeps,
  ctx: RouterContext,
  { client, redirect, query }: LogoutRequest,
  login: Login,
): Promise<void> {
  const sessions = await sessionsWith(deps, client, login)
  const model = {
    action: `${LOGOUT}/confirm${query && `?${query}`}`,
    csrf: await deps.csrf.issue(ctx, scopeOf(login)),
    userName: await nameOfUser(deps.db, login.userId),
    clientName: client && nameOfClient(client),
    workspaceName: namesOf(sessions),
  }
  show(ctx, deps.pages, { page: 'logout', model, leadsTo: redirect === null ? [] : [redirect] })
}

/** The sessions of a login that a client has a part in. */
async function sessionsWith(
  { db, stays }: InteractionDeps,
  client: Client | null,
  login: Login,
): Promise<CheckedSession[]> {
  if (!client) return []
  const sessions = await sessionsOfLogin(db, login.id)
  const read = await Promise.all(sessions.map(({ id }) => stays(id)))
  return sessions.filter((_, at) => read[at]?.grants.some(({ clientId }) => clientId === client.id))
}

function finish(
  deps: InteractionDeps,
  ctx: RouterContext,
  { client, redirect }: LogoutRequest,
  workspaceName: string | null = null,
): void {
  if (redirect !== null) goOn(ctx, redirect)
  else showLoggedOut(deps, ctx, { workspaceName, back: client && linkTo(client) })
}

function linkTo(client: Client): Link | null {
  const { client_uri: href } = client.metadata
  return href ? { href, label: `Back to ${nameOfClient(client)}` } : null
}

function namesOf(sessions: readonly CheckedSession[]): string | null {
  const names = sessions.map(({ workspaceName }) => workspaceName)
  return names.length === 0 ? null : names.join(', ')
}

function scopeOf({ id }: Login): string {
  return `logout ${id}`
}
