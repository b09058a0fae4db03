import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ConsentedScopes } from '../consent/consent.ts'

/** What an authorization request asks for: OpenID scopes, and scopes by resource (RFC 8707). */
export function requestedScopes(ctx: KoaContextWithOIDC): ConsentedScopes {
  const asked = ctx.oidc.requestParamScopes
  const resources = Object.entries(ctx.oidc.resourceServers ?? {}).map(([name, server]) => [
    name,
    [...asked].filter((scope) => server.scopes.has(scope)),
  ])
  return {
    openid: [...ctx.oidc.requestParamOIDCScopes],
    resources: Object.fromEntries(resources),
  }
}
