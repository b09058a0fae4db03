import type { RouterContext } from '@koa/router'
import type { z } from 'zod'
import { DomainError } from '../../errors.ts'
import type { LoginId, UserId } from '../../ids.ts'
import type { Login } from '../../sessions/login.ts'
import { provenLately } from '../../sessions/logins-of.ts'
import { findUser } from '../../users/find-user.ts'
import { parseUsername } from '../../users/user.ts'
import { browserLogin, rememberLogin } from '../interactions/browser-login.ts'
import { goOn, show } from '../interactions/show.ts'
import { type FailedLogin, failureShown, tryLogin } from '../interactions/try-login.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import { ACTS } from './acts.ts'
import type { AccountDeps } from './deps.ts'
import { scopeOf } from './scope.ts'

/** An act that reaches beyond this browser. */
export interface ProvenAct<Fields> {
  /** Where its form posts to. */
  readonly action: string
  readonly form: z.ZodType<Fields>
  /** What the password will do, for the page that asks for it. */
  readonly reason: string
}

export interface Proven<Fields> {
  readonly userId: UserId
  /** Of this browser. */
  readonly loginId: LoginId
  readonly fields: Fields
}

type Fields = Readonly<Record<string, string>>

/**
 * What a posted form asks for, once it is sure who asks; null where the browser was answered.
 *
 * Whoever finds a browser open must not throw its owner out of all others (ASVS 5.0 V7.5.2): where
 * the person's last proof is not recent, their password is asked for by a form that posts the same
 * fields to the same address. So the act is not lost, and nothing has to remember it or lead back.
 */
export async function openAct<F extends Fields>(
  deps: AccountDeps,
  ctx: RouterContext,
  act: ProvenAct<F>,
): Promise<Proven<F> | null> {
  const login = await browserLogin(deps, ctx)
  if (!login) {
    goOn(ctx, '/login')
    return null
  }
  await deps.csrf.check(ctx, scopeOf(login))
  const fields = parse(act.form, await readForm(ctx))
  const loginId = await provenLogin(deps, ctx, { login, act, fields })
  return loginId && { userId: login.userId, loginId, fields }
}

interface Asking {
  readonly login: Login
  readonly act: Pick<ProvenAct<Fields>, 'action' | 'reason'>
  readonly fields: Fields
}

async function provenLogin(
  deps: AccountDeps,
  ctx: RouterContext,
  asking: Asking,
): Promise<LoginId | null> {
  const { login } = asking
  if (await provenLately(deps.db, login.id)) return login.id
  const username = await nameOf(deps, login)
  const typed = await readForm(ctx)
  if (typed.password === undefined) return askAgain(deps, ctx, { ...asking, username })
  // The field is read-only: another person's name would switch this browser to them.
  if (parseUsername(typed.username ?? '') !== username)
    throw new DomainError('invalid_request', 'username: not the one who is logged in')

  const entered = await tryLogin(deps, ctx, { scope: scopeOf(login), current: login })
  if (!entered.ok) return askAgain(deps, ctx, { ...asking, username, failed: entered })
  await rememberLogin(deps, ctx, entered.loginId)
  return entered.loginId
}

async function nameOf({ db }: AccountDeps, { userId }: Login): Promise<string> {
  const user = await findUser(db, userId)
  if (!user) throw new DomainError('login_ended', 'the person is gone')
  return user.username
}

async function askAgain(
  deps: AccountDeps,
  ctx: RouterContext,
  asked: Asking & { readonly username: string; readonly failed?: FailedLogin },
): Promise<null> {
  const { login, act, fields, username, failed = null } = asked
  const model = {
    action: act.action,
    csrf: await deps.csrf.issue(ctx, scopeOf(login)),
    fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
    clientName: null,
    username,
    ...failureShown(ctx, failed),
    confirmReason: act.reason,
    cancelAction: ACTS.cancel,
    switchAction: null,
  }
  show(ctx, deps.pages, { page: 'login', model, status: failed?.status ?? 200 })
  return null
}
