import Router, { type RouterContext } from '@koa/router'
import type { Middleware } from 'koa'
import { postConsent, showConsent } from './consent.ts'
import type { InteractionDeps } from './deps.ts'
import { enterByFactor, enterByPasskey, enterByPassword, enterByRoom } from './enter.ts'
import { postRoom, showFull } from './full.ts'
import { askToLogIn, postLogin } from './login.ts'
import { getLoggedOut, getLogout, postLogout, postLogoutChoice } from './logout.ts'
import { openInteraction } from './open-interaction.ts'
import { postWorkspace, showWorkspaces } from './pick-workspace.ts'
import { postCancel, postChoose, postSwitch } from './refuse.ts'
import { goOn } from './show.ts'

/**
 * Login, workspace, consent and logout. They stand before the provider, whose own way to log out
 * would otherwise answer at the same address.
 */
export function interactionRoutes(deps: InteractionDeps): Middleware {
  const router = new Router()
  router.get('/interaction/:uid', getInteraction(deps))
  router.post('/interaction/:uid/login', postLogin(deps, enterByPassword))
  router.post('/interaction/:uid/factor', postLogin(deps, enterByFactor))
  router.post('/interaction/:uid/passkey', postLogin(deps, enterByPasskey))
  router.post('/interaction/:uid/room', postRoom(deps, postLogin(deps, enterByRoom)))
  router.post('/interaction/:uid/workspace', postWorkspace(deps))
  router.post('/interaction/:uid/consent', postConsent(deps))
  router.post('/interaction/:uid/cancel', postCancel(deps))
  router.post('/interaction/:uid/switch', postSwitch(deps))
  router.post('/interaction/:uid/choose', postChoose(deps))
  // A page that answers a form stands at the form's address; asked for again, it begins anew.
  router.get('/interaction/:uid/:step', (ctx) => goOn(ctx, `/interaction/${ctx.params.uid}`))

  router.get('/oauth2/logout', getLogout(deps))
  router.post('/oauth2/logout', postLogout(deps))
  router.post('/oauth2/logout/confirm', postLogoutChoice(deps))
  router.get('/oauth2/logout/:page', getLoggedOut(deps))
  return router.routes() as unknown as Middleware
}

function getInteraction(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const interaction = await openInteraction(deps, ctx)
    switch (interaction.details.prompt.name) {
      case 'workspace':
        return showWorkspaces(deps, ctx, interaction)
      case 'limit':
        return showFull(deps, ctx, interaction)
      case 'consent':
        return showConsent(deps, ctx, interaction)
      default:
        return askToLogIn(deps, ctx, interaction)
    }
  }
}
