import type { RouterContext } from '@koa/router'
import { renderSVG } from 'uqr'
import { z } from 'zod'
import { enrolTotp } from '../../sessions/login/change-factors.ts'
import type { Login } from '../../sessions/login/login.ts'
import { offeredTotp, offerTotp } from '../../users/factors/enrol-totp.ts'
import { totpAddress, totpText } from '../../users/factors/totp.ts'
import { findUser } from '../../users/find-user.ts'
import type { AccountDeps } from '../account/deps.ts'
import { rememberLogin } from '../interactions/browser-login.ts'
import { show } from '../interactions/show.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import { actionOf } from './addresses.ts'
import { provenAct, provenLogin, scopeOf } from './proven-login.ts'
import { afterAdding } from './recovery-codes.ts'

/** Shows a fresh secret for an authenticator app, as a picture and as text. */
export function getAuthenticator(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const login = await provenLogin(deps, { ctx, to: 'authenticator' })
    if (login) await showOffer(deps, ctx, { login, ...offerTotp(deps.serverKeys, login.id) })
  }
}

const form = z.object({
  ticket: z.string().max(1024),
  code: z.string().max(64),
  name: z.string().max(256).default(''),
})

/** Adds the app once it has shown a code; a wrong one keeps the secret that is in the app by now. */
export function postAuthenticator(deps: AccountDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    await provenAct(deps, { ctx, to: 'authenticator' }, async (login) => {
      const { ticket, code, name } = parse(form, await readForm(ctx))
      const secret = offeredTotp(deps.serverKeys, login.id, ticket)
      if (!secret) {
        const fresh = offerTotp(deps.serverKeys, login.id)
        return showOffer(deps, ctx, { login, ...fresh, name, error: 'form_expired' })
      }
      const added = await enrolTotp(deps, login, { secret, code, name })
      if (added.added) {
        // The login's level has risen: whoever knows its cookie from before must not (V7.2.4).
        await rememberLogin(deps, ctx, login.id)
        return afterAdding(deps, ctx, { login, added })
      }
      await showOffer(deps, ctx, { login, secret, ticket, name, error: 'wrong_factor' })
    })
  }
}

interface Offer {
  readonly login: Login
  readonly secret: Buffer
  readonly ticket: string
  readonly name?: string
  readonly error?: 'wrong_factor' | 'form_expired'
}

async function showOffer(deps: AccountDeps, ctx: RouterContext, offer: Offer): Promise<void> {
  const { login, secret, ticket, name = '', error = null } = offer
  const user = await findUser(deps.db, login.userId)
  const address = totpAddress(secret, {
    issuer: `Sojourn (${new URL(deps.config.issuer).hostname})`,
    account: user?.username ?? '',
  })
  const model = {
    action: actionOf(ctx, 'authenticator'),
    csrf: await deps.csrf.issue(ctx, scopeOf(login)),
    ticket,
    secret: totpText(secret),
    picture: pictureOf(address),
    name,
    error,
  }
  show(ctx, deps.pages, { page: 'security/authenticator', model, status: error ? 400 : 200 })
}

/** Within the page itself: at an address of its own, a secret would lie in caches and logs. */
function pictureOf(text: string): string {
  const svg = renderSVG(text, { border: 2, ecc: 'M', pixelSize: 4 })
  return Buffer.from(svg).toString('base64')
}
