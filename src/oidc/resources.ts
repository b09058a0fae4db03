import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import type { Resource } from '../clients/resource.ts'
import { IDENTITY_SCOPES } from './claims.ts'
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
      return serverOf(deps, { ...resource, scopes: scopesFor(ctx, resource) })
    },
  }
}

async function find(deps: OidcDeps, ctx: KoaContextWithOIDC, identifier: string) {
  const known = requireState().resources.get(identifier)
  if (known) return known
  const clientId = ctx.oidc.client?.clientId ?? ''
  return (await deps.registry({ clientId, resource: identifier })).resource
}

/**
 * Where the operator wrote down scopes of the client, it gets no others. A service acts for nobody
 * who could consent, so without any the resource is no target for it (ASVS 5.0 V10.4.11).
 */
function scopesFor(ctx: KoaContextWithOIDC, resource: Resource): readonly string[] {
  const client = requireState().clients.get(ctx.oidc.client?.clientId ?? '')
  const written = client?.metadata.scope?.split(' ') ?? []
  const isHeld = written.some((scope) => !IDENTITY_SCOPES.includes(scope))
  if (!isHeld && ctx.oidc.params?.grant_type !== 'client_credentials') return resource.scopes
  const scopes = resource.scopes.filter((scope) => written.includes(scope))
  if (scopes.length === 0)
    throw new errors.InvalidTarget('the client has no scope of this resource')
  return scopes
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
