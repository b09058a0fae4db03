import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import type { Resource } from '../clients/resource.ts'
import type { OidcDeps } from './deps.ts'
import { requireState } from './request-state.ts'

/** JWTs are checked offline, so an end reaches them only when they expire: five minutes, at most. */
const LONGEST_JWT = 300

/** Resource indicators (RFC 8707): what is not registered here is no target. */
export function resourceIndicators(deps: OidcDeps) {
  return {
    enabled: true,
    defaultResource: async (
      _ctx: KoaContextWithOIDC,
      _client: unknown,
      oneOf?: readonly string[],
    ) => (oneOf?.[0] ?? undefined) as string,
    // A refresh without a resource gets a token for the one that the code was for.
    useGrantedResource: async () => true,
    getResourceServerInfo: async (
      ctx: KoaContextWithOIDC,
      identifier: string,
    ): Promise<ResourceServer> => {
      const resource = await find(deps, ctx, identifier)
      if (!resource) throw new errors.InvalidTarget('unknown resource')
      return serverOf(deps, resource)
    },
  }
}

async function find(deps: OidcDeps, ctx: KoaContextWithOIDC, identifier: string) {
  const known = requireState().resources.get(identifier)
  if (known) return known
  const clientId = ctx.oidc.client?.clientId ?? ''
  return (await deps.registry({ clientId, resource: identifier })).resource
}

function serverOf({ config }: OidcDeps, resource: Resource): ResourceServer {
  const { accessToken } = config.tokens
  const isJwt = resource.tokenFormat === 'jwt'
  return {
    audience: resource.identifier,
    scope: resource.scopes.join(' '),
    accessTokenFormat: resource.tokenFormat,
    accessTokenTTL: isJwt ? Math.min(accessToken, LONGEST_JWT) : accessToken,
    ...(isJwt ? { jwt: { sign: { alg: resource.alg ?? config.keys.signing.alg } } } : {}),
  }
}
