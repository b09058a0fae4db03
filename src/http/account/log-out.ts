import type { RouterContext } from '@koa/router'
import { browserLogin } from '../interactions/browser-login.ts'
import { leaveLogin, showLoggedOut } from '../interactions/leave.ts'
import type { AccountDeps } from './deps.ts'
import { scopeOf } from './scope.ts'

/** Logs this browser out. */
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
