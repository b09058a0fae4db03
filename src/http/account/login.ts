import type { RouterContext } from '@koa/router'
import type { Admitted } from '../../sessions/login/admit.ts'
import type { Login } from '../../sessions/login/login.ts'
import { mayChangeFactors } from '../../sessions/login/may-change-factors.ts'
import { findUser } from '../../users/find-user.ts'
import { browserLogin, rememberLogin } from '../interactions/browser-login.ts'
import { anyPasskey, type Door } from '../interactions/door.ts'
import type { EnterDeps, Entrance } from '../interactions/enter.ts'
import { loggedOutNotice } from '../interactions/eviction-words.ts'
import { goOn, show } from '../interactions/show.ts'
import { type FailedLogin, failureShown } from '../interactions/try-login.ts'
import type { AccountDeps } from './deps.ts'
import { addressOf, queryOf, type Target, targetIn } from './login-target.ts'

/** No login and no interaction yet: the form belongs to nothing but its browser. */
const SCOPE = 'login'

export function getLogin(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const target = targetIn(ctx)
    const current = await browserLogin(deps, ctx)
    if (current && (await isEnough(deps, current, target))) return goOn(ctx, addressOf(target))
    await showLogin(deps, ctx, doorTo(target, current))
  }
}

type Enter = (deps: EnterDeps, ctx: RouterContext, at: Entrance) => Promise<Admitted | null>

/** Lets a person in who comes to their own page and from no application. */
export function postLogin(deps: AccountDeps, enter: Enter) {
  return async (ctx: RouterContext): Promise<void> => {
    const target = targetIn(ctx)
    const door = doorTo(target, await browserLogin(deps, ctx))
    const showFirst = (failed: FailedLogin) => showLogin(deps, ctx, door, failed)
    const admitted = await enter(deps, ctx, { door, showFirst })
    if (!admitted) return
    await rememberLogin(deps, ctx, admitted.loginId)
    goOn(ctx, addressOf(target))
  }
}

/** Who changes how they log in proves themselves anew first; for all else the login is enough. */
async function isEnough({ db }: AccountDeps, login: Login, { name }: Target): Promise<boolean> {
  return name === 'account' || mayChangeFactors(db, login)
}

function doorTo(target: Target, current: Login | null): Door {
  const query = queryOf(target)
  return {
    scope: SCOPE,
    loginAction: `/login${query}`,
    factorAction: `/login/factor${query}`,
    passkeyAction: `/login/passkey${query}`,
    roomAction: `/login/room${query}`,
    cancelAction: null,
    fields: [],
    current,
    raises: null,
    clientName: null,
    leadsTo: [],
  }
}

async function showLogin(
  deps: AccountDeps,
  ctx: RouterContext,
  door: Door,
  failed: FailedLogin | null = null,
): Promise<void> {
  const person = door.current && (await findUser(deps.db, door.current.userId))
  const model = {
    action: door.loginAction,
    csrf: await deps.csrf.issue(ctx, SCOPE),
    fields: [],
    clientName: null,
    username: person?.username ?? failed?.username ?? '',
    ...failureShown(ctx, failed),
    notice: door.current ? null : await loggedOutNotice(deps, ctx),
    confirmReason: person ? 'You are about to change how you log in.' : null,
    cancelAction: null,
    switchAction: null,
    passkey: anyPasskey(deps, door),
  }
  show(ctx, deps.pages, { page: 'login', model, status: failed?.status ?? 200 })
}
