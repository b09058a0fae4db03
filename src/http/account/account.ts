import type { RouterContext } from '@koa/router'
import { describedConsentsOf } from '../../consent/find-consent.ts'
import type { Login } from '../../sessions/login/login.ts'
import { loginsBeside } from '../../sessions/login/logins-of.ts'
import { type HeldSession, sessionsOfUser } from '../../sessions/sessions-of-user.ts'
import { findUser } from '../../users/find-user.ts'
import { browserLogin } from '../interactions/browser-login.ts'
import { displayName } from '../interactions/display-name.ts'
import { goOn, show } from '../interactions/show.ts'
import { ACTS } from './acts.ts'
import type { AccountDeps } from './deps.ts'
import { presentConsent } from './given-consent.ts'
import { presentKept, presentService } from './kept-access.ts'
import { presentHere, presentOther } from './place.ts'
import { scopeOf } from './scope.ts'
import { asked, type Stretches, stretched, stretchesIn } from './stretches.ts'

/** Everything that is open in the name of this browser's person, and the means to end it. */
export function getAccount(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const login = await browserLogin(deps, ctx)
    const user = login && (await findUser(deps.db, login.userId))
    const open = login && (await openFor(deps, login, stretchesIn(ctx)))
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
async function openFor(deps: AccountDeps, login: Login, at: Stretches) {
  const [logins, consents] = await Promise.all([
    loginsBeside(deps, login, asked(at.others)),
    describedConsentsOf(deps.db, login.userId),
  ])
  const [here, ...rest] = logins
  if (here?.id !== login.id) return null
  const others = stretched('others', at.others, rest)
  const sessions = await sessionsOfUser(deps, login.userId, {
    logins: [here, ...others.shown].map(({ id }) => id),
    offlineFrom: asked(at.kept).from,
    apiFrom: asked(at.services).from,
    limit: asked(at.kept).limit,
  })
  const kept = stretched('kept', at.kept, sessions.filter(isOf('offline')))
  const services = stretched('services', at.services, sessions.filter(isOf('api')))

  const now = new Date()
  const seen = { sessions, now }
  return {
    here: presentHere(here, seen),
    others: others.shown.map((other) => presentOther(other, seen)),
    moreOthers: others.more,
    kept: kept.shown.map((session) => presentKept(session, now)),
    moreKept: kept.more,
    services: services.shown.map((session) => presentService(session, now)),
    moreServices: services.more,
    consents: consents.map((consent) => presentConsent(consent, now)),
  }
}

function isOf(wanted: HeldSession['kind']) {
  return ({ kind }: HeldSession) => kind === wanted
}
