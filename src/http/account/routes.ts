import Router from '@koa/router'
import type { Middleware } from 'koa'
import { goOn } from '../interactions/show.ts'
import { getAccount, postEnd, postLogout } from './account.ts'
import type { AccountDeps } from './deps.ts'
import { getLogin, postLogin } from './login.ts'

/** A person's own page; it knows them by the cookie of their login alone. */
export function accountRoutes(deps: AccountDeps): Middleware {
  const router = new Router()
  // The address that a start prints, and that people type.
  router.get('/', (ctx) => goOn(ctx, '/account'))
  router.get('/account', getAccount(deps))
  router.post('/account/end', postEnd(deps))
  router.get('/account/:act', (ctx) => goOn(ctx, '/account'))
  router.get('/login', getLogin(deps))
  router.post('/login', postLogin(deps))
  router.get('/logout', (ctx) => goOn(ctx, '/account'))
  router.post('/logout', postLogout(deps))
  return router.routes() as unknown as Middleware
}
