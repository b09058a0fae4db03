import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { corsOriginsOf, isConfidential } from '../clients/client.ts'
import { subjectFor } from '../clients/subject.ts'
import { parseId } from '../ids.ts'
import { guardedFetch } from '../revocation/guarded-fetch.ts'
import { systemResolve } from '../revocation/outbound.ts'
import { parseAllowed } from '../revocation/target.ts'
import { LEVELS } from '../sessions/login/level.ts'
import { findAccount } from './account.ts'
import { createAdapter } from './adapters/adapter.ts'
import { CLAIMS_OF_SCOPES, IDENTITY_SCOPES } from './claims.ts'
import { cookieSettings } from './cookies.ts'
import type { OidcDeps } from './deps.ts'
import { extraTokenClaims } from './extra-token-claims.ts'
import { features } from './features.ts'
import { interactionsFor } from './interaction-policy.ts'
import { lifetimes } from './lifetimes.ts'
import { loadExistingGrant } from './load-grant.ts'
import { refuseElsewhere } from './refuse-elsewhere.ts'
import { requireState } from './request-state.ts'
import { ROUTES } from './routes.ts'

/** Seconds for a document of a client; a request waits for it. */
const FETCH_TIMEOUT = 2.5

export interface Rendering {
  /** Shows an error to a person who cannot be sent back to the application. */
  readonly renderError: Configuration['renderError']
}

/** How the library is told to behave; what it has no setting for is in `overrides.ts`. */
export function configurationOf(
  deps: OidcDeps,
  own: { readonly jwks: object[]; readonly cookieKeys: string[] } & Rendering,
): Configuration {
  const { config } = deps
  return {
    adapter: createAdapter(deps) as never,
    jwks: { keys: own.jwks as never },
    routes: ROUTES,
    cookies: cookieSettings(config.issuer, own.cookieKeys),
    features: features(deps),
    responseTypes: ['code'],
    scopes: [...IDENTITY_SCOPES],
    claims: CLAIMS_OF_SCOPES,
    subjectTypes: ['public', 'pairwise'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256', 'RS256'],
      userinfoSigningAlgValues: ['ES256', 'RS256'],
      clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'],
      requestObjectSigningAlgValues: ['ES256', 'RS256'],
      introspectionSigningAlgValues: ['ES256', 'RS256'],
      authorizationSigningAlgValues: ['ES256', 'RS256'],
      dPoPSigningAlgValues: ['ES256', 'RS256', 'EdDSA', 'Ed25519'],
    },
    clientDefaults: {
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: config.keys.signing.alg,
      token_endpoint_auth_method: 'client_secret_basic',
    },
    extraClientMetadata: { properties: ['allowed_origins'] },
    acrValues: [...LEVELS],
    clockTolerance: 15,
    conformIdTokenClaims: false,
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: (ctx) => isPkceRequired(ctx) },
    extraParams: { workspace: assertWorkspaceParameter },
    interactions: interactionsFor(deps),
    findAccount: findAccount(deps),
    loadExistingGrant: loadExistingGrant(deps),
    extraTokenClaims: extraTokenClaims(deps),
    pairwiseIdentifier: async (_ctx, accountId, client) => pairwise(deps, accountId, client),
    clientBasedCORS: (_ctx, origin, client) => allowsOrigin(origin, client),
    // Whether a session stands is our adapters' to say, with every single read.
    expiresWithSession: async () => false,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: (ctx) => refuseElsewhere(deps, ctx),
    revokeGrantPolicy: () => false,
    assertJwtClientAuthClaimsAndHeader: async (ctx, claims) => {
      // Any other audience would let another server replay here what was sent to it.
      if (claims.aud !== ctx.oidc.issuer)
        throw new errors.InvalidClientAuth('aud must be the issuer')
    },
    fetch: guardedFetch({
      resolve: systemResolve,
      allowed: config.backchannel.allow.map(parseAllowed),
      timeout: FETCH_TIMEOUT,
    }),
    fetchResponseBodyLimits: { jwks_uri: 65_536, sector_identifier_uri: 65_536 } as never,
    ttl: lifetimes(config),
    ...(own.renderError ? { renderError: own.renderError } : {}),
  } as Configuration
}

function isPkceRequired(ctx: KoaContextWithOIDC): boolean {
  const client = requireState().clients.get(ctx.oidc.client?.clientId ?? '')
  return !client?.pkceExempt || !isConfidential(client.metadata)
}

function assertWorkspaceParameter(_ctx: KoaContextWithOIDC, value: string | undefined): void {
  if (value !== undefined && !/^[a-z0-9_-]{1,63}$/.test(value))
    throw new errors.InvalidRequest('workspace must be an identifier or a slug')
}

function pairwise(
  deps: OidcDeps,
  accountId: string,
  client: { readonly clientId: string },
): string {
  const userId = parseId('usr', accountId)
  const known = requireState().clients.get(client.clientId)
  if (!userId || !known) throw new Error('a pairwise subject needs a user and a client')
  return subjectFor({ lookup: deps.serverKeys }, known, userId)
}

function allowsOrigin(origin: string, client: { readonly clientId: string }): boolean {
  const known = requireState().clients.get(client.clientId)
  return known !== undefined && corsOriginsOf(known.metadata).has(origin)
}
