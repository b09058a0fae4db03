import type { RouterContext } from '@koa/router'
import type { z } from 'zod'
import { DomainError } from '../../errors.ts'
import type { LoginId, UserId } from '../../ids.ts'
import type { Login } from '../../sessions/login/login.ts'
import { provenLately } from '../../sessions/login/logins-of.ts'
import { findUser } from '../../users/find-user.ts'
import { parseUsername } from '../../users/user.ts'
import { browserLogin, rememberLogin } from '../interactions/browser-login.ts'
import { type Door, passkeyOf } from '../interactions/door.ts'
import { enterByFactor, enterByOwnPasskey, enterByPassword } from '../interactions/enter.ts'
import { goOn, show } from '../interactions/show.ts'
import { type FailedLogin, failureShown } from '../interactions/try-login.ts'
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
 * the person's last proof is not recent, they are asked for it by forms that post the same fields to
 * the same address. So the act is not lost, and nothing has to remember it or lead back.
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
  // The field is read-only: another person's name would switch this browser to them.
  if (typed.password !== undefined && parseUsername(typed.username ?? '') !== username)
    throw new DomainError('invalid_request', 'username: not the one who is logged in')

  const door = doorTo(asking)
  const showFirst = (failed: FailedLogin | null) =>
    askAgain(deps, ctx, { ...asking, door, username, failed })
  const enter = wayIn(typed)
  if (!enter) {
    await showFirst(null)
    return null
  }
  const admitted = await enter(deps, ctx, { door, showFirst })
  if (!admitted) return null
  await rememberLogin(deps, ctx, admitted.loginId)
  return admitted.loginId
}

/** By what was posted beside the act: a password, what comes after it, or a passkey of the same person. */
function wayIn({ password, ticket, credential }: Fields) {
  if (password !== undefined) return enterByPassword
  if (ticket) return enterByFactor
  return credential === undefined ? null : enterByOwnPasskey
}

/** The act's own address, whichever way in: each form posts the act's fields as well. */
function doorTo({ login, act: { action }, fields }: Asking): Door {
  return {
    scope: scopeOf(login),
    loginAction: action,
    factorAction: action,
    passkeyAction: action,
    roomAction: null,
    cancelAction: ACTS.cancel,
    fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
    current: login,
    raises: null,
    clientName: null,
    leadsTo: [],
  }
}

async function nameOf({ db }: AccountDeps, { userId }: Login): Promise<string> {
  const user = await findUser(db, userId)
  if (!user) throw new DomainError('login_ended', 'the person is gone')
  return user.username
}

async function askAgain(
  deps: AccountDeps,
  ctx: RouterContext,
  asked: Asking & {
    readonly door: Door
    readonly username: string
    readonly failed: FailedLogin | null
  },
): Promise<void> {
  const { login, act, door, username, failed } = asked
  const model = {
    action: act.action,
    csrf: await deps.csrf.issue(ctx, door.scope),
    fields: door.fields,
    clientName: null,
    username,
    ...failureShown(ctx, failed),
    notice: null,
    confirmReason: act.reason,
    cancelAction: ACTS.cancel,
    switchAction: null,
    passkey: await passkeyOf(deps, door, login.userId),
  }
  show(ctx, deps.pages, { page: 'login', model, status: failed?.status ?? 200 })
}
