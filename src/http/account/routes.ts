import Router from '@koa/router'
import type { Middleware } from 'koa'
import {
  enterByFactor,
  enterByPasskey,
  enterByPassword,
  enterByRoom,
} from '../interactions/enter.ts'
import { goOn } from '../interactions/show.ts'
import { getAccount } from './account.ts'
import { ACTS } from './acts.ts'
import { postCancel } from './cancel.ts'
import type { AccountDeps } from './deps.ts'
import { postEnd } from './end.ts'
import { postEndAll } from './end-all.ts'
import { postEndElsewhere } from './end-elsewhere.ts'
import { postEndLogin } from './end-login.ts'
import { postEndOthers } from './end-others.ts'
import { postLogout } from './log-out.ts'
import { getLogin, postLogin } from './login.ts'
import { queryOf, targetIn } from './login-target.ts'
import { postWithdraw } from './withdraw.ts'

/** A person's own page; it knows them by the cookie of their login alone. */
export function accountRoutes(deps: AccountDeps): Middleware {
  const router = new Router()
  // The address that a start prints, and that people type.
  router.get('/', (ctx) => goOn(ctx, '/account'))
  router.get('/account', getAccount(deps))
  router.post(ACTS.end, postEnd(deps))
  router.post(ACTS.endElsewhere, postEndElsewhere(deps))
  router.post(ACTS.endLogin, postEndLogin(deps))
  router.post(ACTS.endOthers, postEndOthers(deps))
  router.post(ACTS.endAll, postEndAll(deps))
  router.post(ACTS.withdraw, postWithdraw(deps))
  router.post(ACTS.cancel, postCancel)
  router.get('/account/:act', (ctx) => goOn(ctx, '/account'))
  router.get('/login', getLogin(deps))
  router.post('/login', postLogin(deps, enterByPassword))
  router.post('/login/factor', postLogin(deps, enterByFactor))
  router.post('/login/passkey', postLogin(deps, enterByPasskey))
  router.post('/login/room', postLogin(deps, enterByRoom))
  // A page that answers a form stands at the form's address; asked for again, it begins anew.
  router.get('/login/:step', (ctx) => goOn(ctx, `/login${queryOf(targetIn(ctx))}`))
  router.get(ACTS.logout, (ctx) => goOn(ctx, '/account'))
  router.post(ACTS.logout, postLogout(deps))
  return router.routes() as unknown as Middleware
}
