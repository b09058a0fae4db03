import type { RouterContext } from '@koa/router'
import { DomainError } from '../../errors.ts'
import type { Login } from '../../sessions/login/login.ts'
import { mayChangeFactors } from '../../sessions/login/may-change-factors.ts'
import type { AccountDeps } from '../account/deps.ts'
import { fromIn, queryOf, type TargetName } from '../account/login-target.ts'
import { browserLogin } from '../interactions/browser-login.ts'
import { goOn } from '../interactions/show.ts'

export interface Provable {
  readonly ctx: RouterContext
  /** The page that a person comes back to once they have proved themselves. */
  readonly to: TargetName
}

/** The login of this browser, if it may change factors; else the person is sent to prove themselves, and null. */
export async function provenLogin(deps: AccountDeps, { ctx, to }: Provable): Promise<Login | null> {
  const login = await browserLogin(deps, ctx)
  if (login && (await mayChangeFactors(deps.db, login))) return login
  askAnew(ctx, to)
  return null
}

/** The same for a form, whose act is done unless the login stopped to be good enough on the way. */
export async function provenAct<T>(
  deps: AccountDeps,
  { ctx, to }: Provable,
  act: (login: Login) => Promise<T>,
): Promise<T | null> {
  const login = await provenLogin(deps, { ctx, to })
  if (!login) return null
  await deps.csrf.check(ctx, scopeOf(login))
  try {
    return await act(login)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'login_required') throw error
    askAnew(ctx, to)
    return null
  }
}

/** What the forms of these pages belong to. */
export function scopeOf({ id }: Login): string {
  return `security ${id}`
}

function askAnew(ctx: RouterContext, to: TargetName): void {
  goOn(ctx, `/login${queryOf({ name: to, from: fromIn(ctx) })}`)
}
