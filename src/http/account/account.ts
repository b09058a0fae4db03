import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { findClientById } from '../../clients/find-client.ts'
import { type ClientId, formatId, parseId } from '../../ids.ts'
import type { Login } from '../../sessions/login.ts'
import { sessionsOfLogin } from '../../sessions/sessions-of.ts'
import type { Stay } from '../../sessions/stay.ts'
import { findUser } from '../../users/find-user.ts'
import { browserLogin } from '../interactions/browser-login.ts'
import { displayName, nameOfClient } from '../interactions/display-name.ts'
import { leaveLogin, leaveSessions, showLoggedOut } from '../interactions/leave.ts'
import { goOn, show } from '../interactions/show.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import { agoWords } from '../time-words.ts'
import type { AccountDeps } from './deps.ts'

/** What this browser's login holds open. */
export function getAccount(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const login = await browserLogin(deps, ctx)
    const user = login && (await findUser(deps.db, login.userId))
    if (!login || !user) return goOn(ctx, '/login')

    const model = {
      userName: displayName(user),
      username: user.username,
      sessions: await sessionsShown(deps, login),
      action: '/account/end',
      logoutAction: '/logout',
      csrf: await deps.csrf.issue(ctx, scopeOf(login)),
    }
    show(ctx, deps.pages, { page: 'account', model })
  }
}

const form = z.object({ session: z.string().max(64) })

/** Ends one of them. Another login's is not found, and one that is over already is no error. */
export function postEnd(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const login = await browserLogin(deps, ctx)
    if (!login) return goOn(ctx, '/login')
    await deps.csrf.check(ctx, scopeOf(login))
    const id = parseId('ses', parse(form, await readForm(ctx)).session)
    const sessions = await sessionsOfLogin(deps.db, login.id)
    await leaveSessions(
      deps,
      login,
      sessions.filter((session) => session.id === id),
    )
    goOn(ctx, '/account')
  }
}

export function postLogout(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const login = await browserLogin(deps, ctx)
    if (login) {
      await deps.csrf.check(ctx, scopeOf(login))
      await leaveLogin(deps, ctx, login)
    }
    showLoggedOut(deps, ctx, { workspaceName: null, back: null })
  }
}

async function sessionsShown(deps: AccountDeps, login: Login) {
  const sessions = await sessionsOfLogin(deps.db, login.id)
  const stays = await Promise.all(sessions.map(({ id }) => deps.stays(id)))
  const names = await namesOfClients(deps, stays)
  const now = new Date()

  return sessions.map((session, at) => ({
    id: formatId('ses', session.id),
    workspaceName: session.workspaceName,
    roles: session.roles,
    clients: (stays[at]?.grants ?? []).map(({ clientId }) => names.get(clientId) ?? ''),
    startedAt: agoWords(session.createdAt, now),
    lastSeen: agoWords(session.lastSeenAt, now),
    current: true,
  }))
}

async function namesOfClients(
  { db }: AccountDeps,
  stays: readonly (Stay | undefined)[],
): Promise<ReadonlyMap<ClientId, string>> {
  const ids = new Set(stays.flatMap((stay) => stay?.grants.map(({ clientId }) => clientId) ?? []))
  const clients = await Promise.all([...ids].map((id) => findClientById(db, id)))
  const known = clients.filter((client) => client !== null)
  return new Map(known.map((client) => [client.id, nameOfClient(client)]))
}

function scopeOf({ id }: Login): string {
  return `account ${id}`
}
