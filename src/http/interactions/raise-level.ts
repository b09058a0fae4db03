import type { RouterContext } from '@koa/router'
import { meetsAsked } from '../../oidc/asked-level.ts'
import type { Admitted } from '../../sessions/login/admit.ts'
import type { Login } from '../../sessions/login/login.ts'
import { factorsOf } from '../../users/factors/find-factors.ts'
import { relyingPartyOf } from '../../users/factors/relying-party.ts'
import type { InteractionDeps } from './deps.ts'
import type { OpenInteraction } from './open-interaction.ts'
import { doorOf, standingLogin } from './request-door.ts'
import { show } from './show.ts'
import { showFactors } from './show-factors.ts'

export type Raising =
  /** Proven meanwhile, in another tab or by adding a factor. */
  | { readonly state: 'reached'; readonly admitted: Admitted }
  /** The browser was answered with the page for it. */
  | { readonly state: 'asked' }
  /** The whole proof is needed. */
  | { readonly state: 'not_enough' }

/**
 * Where nothing but a higher level is missing, asks for the missing factor only (RFC 9470): the
 * password is not typed again in a fresh login.
 */
export async function raiseLevel(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: OpenInteraction,
): Promise<Raising> {
  const login = standingLogin(interaction)
  if (!login) return { state: 'not_enough' }
  if (meetsAsked(login.acr, interaction.details.params))
    return { state: 'reached', admitted: asItIs(login) }

  const factors = await factorsOf(deps.db, login.userId)
  if (factors.length === 0) {
    await showNeedsFactor(deps, ctx, interaction)
    return { state: 'asked' }
  }
  if (!login.isFresh) return { state: 'not_enough' }
  await showFactors(deps, ctx, { door: doorOf(interaction), earlier: { by: 'login', login } })
  return { state: 'asked' }
}

function asItIs({ id, userId, authTime, acr, amr }: Login): Admitted {
  return { ok: true, loginId: id, userId, authTime, proof: { acr, amr }, ended: [] }
}

async function showNeedsFactor(
  deps: InteractionDeps,
  ctx: RouterContext,
  { details, path, clientName, redirectUri }: OpenInteraction,
): Promise<void> {
  const way = (act: string) => `/account/security/${act}?from=${details.uid}`
  const model = {
    csrf: await deps.csrf.issue(ctx, details.uid),
    clientName,
    authenticatorHref: way('authenticator'),
    passkeyHref: relyingPartyOf(deps.config.issuer) ? way('passkey') : null,
    cancelAction: `${path}/cancel`,
  }
  show(ctx, deps.pages, { page: 'needs-factor', model, leadsTo: [redirectUri] })
}
