import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import type { ClientMetadata } from '../clients/client-metadata.ts'
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
      return targetOf(deps, { ...resource, scopes: scopesFor(ctx, resource) })
    },
  }
}

async function find(deps: OidcDeps, ctx: KoaContextWithOIDC, identifier: string) {
  const known = requireState().resources.get(identifier)
  if (known) return known
  const clientId = ctx.oidc.client?.clientId ?? ''
  return (await deps.registry({ clientId, resource: identifier })).resource
}

function scopesFor(ctx: KoaContextWithOIDC, resource: Resource): readonly string[] {
  const client = requireState().clients.get(ctx.oidc.client?.clientId ?? '')
  const isService = ctx.oidc.params?.grant_type === 'client_credentials'
  const scopes = scopesHeld(client?.metadata ?? {}, resource, isService)
  if (!scopes) throw new errors.InvalidTarget('the client has no scope of this resource')
  return scopes
}

/**
 * What a client may be given of a resource; null where it is no target for the client. Where the
 * operator wrote down scopes of the client, it gets no others. A service acts for nobody who could
 * consent, so without any the resource is no target for it (ASVS 5.0 V10.4.11).
 */
export function scopesHeld(
  metadata: Pick<ClientMetadata, 'scope'>,
  resource: Resource,
  isService: boolean,
): readonly string[] | null {
  const written = metadata.scope?.split(' ') ?? []
  const isHeld = written.some((scope) => !IDENTITY_SCOPES.includes(scope))
  if (!isHeld && !isService) return resource.scopes
  const scopes = resource.scopes.filter((scope) => written.includes(scope))
  return scopes.length > 0 ? scopes : null
}

/** How tokens for a resource are made, in the library's words. */
export interface Target {
  readonly audience: string
  readonly scope: string
  readonly accessTokenFormat: Resource['tokenFormat']
  readonly accessTokenTTL: number
  readonly jwt?: { readonly sign: { readonly alg: NonNullable<Resource['alg']> } }
}

export function targetOf({ config }: Pick<OidcDeps, 'config'>, resource: Resource): Target {
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

/** Of the scopes that a grant gives, those that are asked for and, at an API, offered. */
export function granted(
  scope: string | undefined,
  wanted: ReadonlySet<string>,
  offered?: readonly string[],
): string[] {
  const names = scope?.split(' ') ?? []
  return names.filter((name) => wanted.has(name) && (!offered || offered.includes(name)))
}
