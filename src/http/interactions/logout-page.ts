import type { RouterContext } from '@koa/router'
import type { Client } from '../../clients/client.ts'
import { DomainError } from '../../errors.ts'
import { formatId } from '../../ids.ts'
import type { Login } from '../../sessions/login/login.ts'
import type { CheckedSession } from '../../sessions/session.ts'
import { sessionsOfLogin } from '../../sessions/sessions-of.ts'
import type { Link } from '../view-models.ts'
import type { InteractionDeps } from './deps.ts'
import { nameOfClient, nameOfUser } from './display-name.ts'
import { showLoggedOut } from './leave.ts'
import { type LogoutRequest, readLogoutRequest } from './logout-request.ts'
import { goOn, show, showProblem } from './show.ts'

export const LOGOUT = '/oauth2/logout'

/** A wrong request leads nowhere (§4); the person is told what they can do instead. */
export async function readOrRefuse(
  deps: InteractionDeps,
  ctx: RouterContext,
  input: unknown,
): Promise<LogoutRequest | null> {
  try {
    return await readLogoutRequest(deps, input)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid_request') throw error
    showProblem(ctx, deps.pages, {
      code: 'invalid_request',
      words: 'parameter' in error.details ? WRONG_ADDRESS : WRONG_REQUEST,
      back: { href: '/account', label: 'Your account' },
    })
    return null
  }
}

const WRONG_REQUEST = {
  title: 'Nobody was logged out',
  explanation: 'An application asked to log you out in a way that we cannot trust.',
  advice: 'Open your account to log out here, or to end a single session.',
}

const WRONG_ADDRESS = {
  ...WRONG_REQUEST,
  explanation:
    'An application asked to send you on, after the log-out, to an address that it has not registered here.',
}

/** Asks whether to log out at all, and how far. */
export async function askToLogOut(
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
    workspaces: sessions.map(({ id, workspaceName }) => ({
      session: formatId('ses', id),
      name: workspaceName,
    })),
  }
  show(ctx, deps.pages, { page: 'logout', model, leadsTo: redirect === null ? [] : [redirect] })
}

/** The sessions of a login that a client has a part in. */
export async function sessionsWith(
  { db, stays }: InteractionDeps,
  client: Client | null,
  login: Login,
): Promise<CheckedSession[]> {
  if (!client) return []
  const sessions = await sessionsOfLogin(db, login.id)
  const read = await Promise.all(sessions.map(({ id }) => stays(id)))
  return sessions.filter((_, at) => read[at]?.grants.some(({ clientId }) => clientId === client.id))
}

/** Back to the client where it asked for that, else to a page of ours. */
export function finishLogout(
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

/** What the form of the question belongs to. */
export function scopeOf({ id }: Login): string {
  return `logout ${id}`
}
