import type { Client } from '../clients/client.ts'
import type { Resource } from '../clients/resource.ts'
import { IDENTITY_SCOPES } from './claims.ts'
import type { OidcDeps } from './deps.ts'
import { makeAccessToken, type SigningDeps } from './make-access-token.ts'
import { isProven, type ShownClient } from './proven-client.ts'
import { scopesHeld, type Target, targetOf } from './resources.ts'
import { type TokenAnswer, UNDECIDED } from './token-answer.ts'

type Deps = Pick<OidcDeps, 'config' | 'registry'> & SigningDeps

export interface ServiceAsked extends ShownClient {
  readonly scope: string | null
  readonly resource: string | null
}

/**
 * A token for a service that acts for itself (RFC 6749 §4.4), as the library would make it: from
 * one statement that reads client and resource, and writing nothing.
 */
export async function grantToService(deps: Deps, asked: ServiceAsked): Promise<TokenAnswer> {
  const { client, resource } = await deps.registry(asked)
  const shown = { ...asked, grantType: 'client_credentials' }
  if (!client || !isProven(deps, client, shown)) return UNDECIDED
  const requested = new Set(asked.scope?.split(' '))
  if (!allows(client, requested)) return UNDECIDED
  const target = asked.resource === null ? null : targetFor(deps, client, resource)
  if (target === undefined) return UNDECIDED

  const offered = target?.scope.split(' ') ?? IDENTITY_SCOPES
  const scope = [...requested].filter((name) => offered.includes(name)).join(' ')
  const lifetime = target?.accessTokenTTL ?? deps.config.tokens.accessToken
  const { clientId } = client
  const draft = { clientId, subject: clientId, scope, target, lifetime, origin: null }
  const body = {
    access_token: await makeAccessToken(deps, draft),
    expires_in: lifetime,
    ...(scope && { scope }),
    token_type: 'Bearer',
  }
  return { state: 'answered', body }
}

/** A client of whom only the provider's own scopes were written down is held to them. */
function allows({ metadata }: Client, requested: ReadonlySet<string>): boolean {
  const written = metadata.scope?.split(' ')
  if (!written?.every((scope) => IDENTITY_SCOPES.includes(scope))) return true
  return IDENTITY_SCOPES.every((scope) => !requested.has(scope) || written.includes(scope))
}

function targetFor(deps: Deps, client: Client, resource: Resource | null): Target | undefined {
  const scopes = resource && scopesHeld(client.metadata, resource, true)
  return resource && scopes ? targetOf(deps, { ...resource, scopes }) : undefined
}
