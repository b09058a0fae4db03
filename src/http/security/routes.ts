import Router from '@koa/router'
import type { Middleware } from 'koa'
import type { AccountDeps } from '../account/deps.ts'
import { goOn } from '../interactions/show.ts'
import { ACTIONS } from './addresses.ts'
import { getAuthenticator, postAuthenticator } from './authenticator.ts'
import { getFactors, postOthers, postRemove } from './factors.ts'
import { getPasskey, postPasskey } from './passkey.ts'
import { postRecoveryCodes } from './recovery-codes.ts'

/** How a person logs in: their authenticator apps, passkeys and recovery codes. */
export function securityRoutes(deps: AccountDeps): Middleware {
  const router = new Router()
  router.get('/account/security', getFactors(deps))
  router.get('/account/security/authenticator', getAuthenticator(deps))
  router.post('/account/security/authenticator', postAuthenticator(deps))
  router.get('/account/security/passkey', getPasskey(deps))
  router.post('/account/security/passkey', postPasskey(deps))
  router.post(ACTIONS.remove, postRemove(deps))
  router.post(ACTIONS.recoveryCodes, postRecoveryCodes(deps))
  router.post(ACTIONS.others, postOthers(deps))
  router.get('/account/security/:act', (ctx) => goOn(ctx, '/account/security'))
  return router.routes() as unknown as Middleware
}
