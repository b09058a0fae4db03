import type { RouterContext } from '@koa/router'
import { browserLogin, rememberLogin } from '../interactions/browser-login.ts'
import { goOn, show } from '../interactions/show.ts'
import { type FailedLogin, failureShown, tryLogin } from '../interactions/try-login.ts'
import type { AccountDeps } from './deps.ts'

/** No login and no interaction yet: the form belongs to nothing but its browser. */
const SCOPE = 'login'

export function getLogin(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    if (await browserLogin(deps, ctx)) return goOn(ctx, '/account')
    await showLogin(deps, ctx, null)
  }
}

/** Lets a person in who comes to their own page and from no application. */
export function postLogin(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const current = await browserLogin(deps, ctx)
    const entered = await tryLogin(deps, ctx, { scope: SCOPE, current })
    if (!entered.ok) return showLogin(deps, ctx, entered)
    await rememberLogin(deps, ctx, entered.loginId)
    goOn(ctx, '/account')
  }
}

async function showLogin(
  deps: AccountDeps,
  ctx: RouterContext,
  failed: FailedLogin | null,
): Promise<void> {
  const model = {
    action: '/login',
    csrf: await deps.csrf.issue(ctx, SCOPE),
    fields: [],
    clientName: null,
    username: failed?.username ?? '',
    ...failureShown(ctx, failed),
    confirmReason: null,
    cancelAction: null,
    switchAction: null,
  }
  show(ctx, deps.pages, { page: 'login', model, status: failed?.status ?? 200 })
}
