import type { KoaContextWithOIDC } from 'oidc-provider'
import { assertClaimsParameter } from './claims-parameter.ts'
import type { OidcDeps } from './deps.ts'
import { registrationFactories } from './registration.ts'
import { requireState } from './request-state.ts'
import { resourceIndicators } from './resources.ts'

/** What the library offers and we want; all else is off. */
export function features(deps: OidcDeps) {
  const { registration } = deps.config
  return {
    devInteractions: { enabled: false },
    // Private keys stay ours; the library asks for a signature.
    externalSigningSupport: { enabled: true, ack: 'experimental-01' },
    dPoP: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: resourceIndicators(deps),
    rpInitiatedLogout: { enabled: true },
    // On for discovery and the clients' metadata; deliveries send the tokens.
    backchannelLogout: { enabled: true },
    claimsParameter: { enabled: true, assertClaimsParameter },
    clientCredentials: { enabled: true },
    userinfo: { enabled: true },
    introspection: { enabled: true, allowedPolicy: mayIntrospect(deps) },
    revocation: { enabled: true, allowedPolicy: mayRevoke },
    registration: { ...registration, initialAccessToken: true, ...registrationFactories },
    registrationManagement: { enabled: registration.enabled, rotateRegistrationAccessToken: true },
  }
}

interface Token {
  readonly clientId?: string
  readonly aud?: string
}

interface Asking {
  readonly clientId: string
}

/** A client may look at its own tokens, and a resource at those made for it. */
function mayIntrospect(deps: OidcDeps) {
  return async (_ctx: KoaContextWithOIDC, asking: Asking, token: Token): Promise<boolean> => {
    if (token.clientId === asking.clientId) return true
    if (!token.aud) return false
    const { resource } = await deps.registry({ clientId: asking.clientId, resource: token.aud })
    const client = requireState().clients.get(asking.clientId)
    return client !== undefined && resource?.clientId === client.id
  }
}

async function mayRevoke(_ctx: KoaContextWithOIDC, asking: Asking, token: Token): Promise<boolean> {
  return token.clientId === asking.clientId
}
