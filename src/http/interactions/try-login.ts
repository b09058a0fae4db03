import type { Context } from 'koa'
import { isUnavailable } from '../../database/unavailable.ts'
import { DomainError } from '../../errors.ts'
import { contextOf } from '../../oidc/context-of.ts'
import type { Admitted, NoRoom } from '../../sessions/login/admit.ts'
import { type FirstProof, type LogInDeps, logIn } from '../../sessions/login/log-in.ts'
import type { Login } from '../../sessions/login/login.ts'
import type { Csrf } from '../middleware/csrf.ts'
import { PROBLEMS } from '../middleware/problems.ts'
import { durationWords } from '../time-words.ts'
import type { FactorError, LoginError } from '../view-models.ts'
import { tellEnded, tellLogin } from './outcomes.ts'
import { readTypedLogin } from './typed-login.ts'

interface Deps extends LogInDeps {
  readonly csrf: Csrf
}

/** Why nobody was let in, for the page that asks again. */
export interface FailedLogin {
  readonly ok: false
  readonly error: FactorError
  readonly status: number
  readonly username: string
  /** Seconds. */
  readonly retryAfter: number | null
}

/** The password was right, and more is needed. */
export interface NeedsFactor {
  readonly ok: false
  readonly first: FirstProof
}

/** Takes a posted login form and lets its person in, or says what their page has to say. */
export async function tryLogin(
  deps: Deps,
  ctx: Context,
  form: { readonly scope: string; readonly current: Login | null },
): Promise<Admitted | FailedLogin | NeedsFactor | NoRoom> {
  const typed = await readTypedLogin(deps.csrf, ctx, form.scope)
  if (!typed.ok) return failure(typed.error, typed.username)

  const { username, password } = typed
  const attempt = { username, password, context: contextOf(ctx), current: form.current }
  const result = await logIn(deps, attempt).catch(asOverload)
  tellLogin(result.ok ? 'succeeded' : result.reason)
  if (!result.ok && result.reason === 'limit_reached') return result
  if (!result.ok && result.reason === 'factor_required') return { ok: false, first: result.first }
  if (!result.ok)
    return failure(result.reason, username, 'retryAfter' in result ? result.retryAfter : null)
  tellEnded(result.ended)
  return result
}

interface Overload {
  readonly ok: false
  readonly reason: 'unavailable'
  readonly retryAfter: number
}

/** The page stays, with what was typed: nobody should begin anew because we are busy. */
export function asOverload(error: unknown): Overload {
  const busy = error instanceof DomainError && error.code === 'unavailable'
  if (!busy && !(error instanceof Error && isUnavailable(error))) throw error
  const retryAfter = (busy && error.retryAfter) || 1
  return { ok: false, reason: 'unavailable', retryAfter }
}

/** For a page whose first step is too long ago. */
export function formExpired(): FailedLogin {
  return failure('form_expired', '')
}

export function failure(
  error: LoginError,
  username: string,
  retryAfter: number | null = null,
): FailedLogin {
  return { ok: false, error, status: PROBLEMS[error].status, username, retryAfter }
}

/** The part of the page that tells of a failure. */
export function failureShown(ctx: Context, failed: FailedLogin | null) {
  if (failed?.retryAfter) ctx.set('Retry-After', String(failed.retryAfter))
  return {
    error: failed?.error ?? null,
    retryAfter: failed?.retryAfter ? durationWords(failed.retryAfter) : null,
  }
}
