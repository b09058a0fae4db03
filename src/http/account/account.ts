import type { RouterContext } from '@koa/router'
import { describedConsentsOf } from '../../consent/find-consent.ts'
import type { Login } from '../../sessions/login/login.ts'
import { loginsBeside } from '../../sessions/login/logins-of.ts'
import { sessionsOfUser } from '../../sessions/sessions-of-user.ts'
import { findUser } from '../../users/find-user.ts'
import { browserLogin } from '../interactions/browser-login.ts'
import { displayName } from '../interactions/display-name.ts'
import { goOn, show } from '../interactions/show.ts'
import { ACTS } from './acts.ts'
import type { AccountDeps } from './deps.ts'
import { presentConsent } from './given-consent.ts'
import { presentKept } from './kept-access.ts'
import { presentHere, presentOther } from './place.ts'
import { scopeOf } from './scope.ts'

/** Everything that is open in the name of this browser's person, and the means to end it. */
export function getAccount(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const login = await browserLogin(deps, ctx)
    const user = login && (await findUser(deps.db, login.userId))
    const open = login && (await openFor(deps, login))
    if (!login || !user || !open) return goOn(ctx, '/login')

    const model = {
      csrf: await deps.csrf.issue(ctx, scopeOf(login)),
      userName: displayName(user),
      username: user.username,
      ...open,
      logoutAction: ACTS.logout,
      othersAction: ACTS.endOthers,
      everywhereAction: ACTS.endAll,
      keptAction: ACTS.endElsewhere,
      withdrawAction: ACTS.withdraw,
    }
    show(ctx, deps.pages, { page: 'account', model })
  }
}

/** Null when this very login has ended since it was found. */
async function openFor(deps: AccountDeps, login: Login) {
  const [logins, sessions, consents] = await Promise.all([
    loginsBeside(deps, login),
    sessionsOfUser(deps, login.userId),
    describedConsentsOf(deps.db, login.userId),
  ])
  const [here, ...others] = logins
  if (here?.id !== login.id) return null

  const now = new Date()
  const seen = { sessions, now }
  return {
    here: presentHere(here, seen),
    others: others.map((other) => presentOther(other, seen)),
    kept: sessions
      .filter(({ kind }) => kind === 'offline')
      .map((session) => presentKept(session, now)),
    consents: consents.map((consent) => presentConsent(consent, now)),
  }
}
