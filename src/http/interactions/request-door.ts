import { LEVEL_UNMET } from '../../oidc/asked-level.ts'
import type { Login } from '../../sessions/login/login.ts'
import type { Door } from './door.ts'
import type { OpenInteraction } from './open-interaction.ts'

/** The door that an application's request leads to. */
export function doorOf(interaction: OpenInteraction): Door {
  const { details, path, login, clientName, redirectUri } = interaction
  const standing = standingLogin(interaction)
  return {
    scope: details.uid,
    loginAction: `${path}/login`,
    factorAction: `${path}/factor`,
    passkeyAction: `${path}/passkey`,
    roomAction: `${path}/room`,
    cancelAction: `${path}/cancel`,
    fields: [],
    current: login,
    raises: standing?.isFresh ? standing : null,
    clientName,
    leadsTo: [redirectUri],
  }
}

/**
 * The login whose proof stands for this request, but for its level. A request for a proof of now is
 * none of that: a code alone must not pass for it, nor a login that grew too old on this very page.
 */
export function standingLogin({ details, login }: OpenInteraction): Login | null {
  const isAll = details.prompt.reasons.every((reason) => reason === LEVEL_UNMET)
  if (!login || details.session?.uid !== login.id || !isAll) return null
  const { max_age: maxAge } = details.params
  const age = (Date.now() - login.authTime.getTime()) / 1000
  return maxAge === undefined || age <= Number(maxAge) ? login : null
}
