import type { ClientId } from '../ids.ts'
import type { ClientMetadata } from './client-metadata.ts'
import { isRedirectUri } from './uris.ts'

/** An OAuth client; its secret is nowhere, only a keyed hash of it. */
export interface Client {
  readonly id: ClientId
  /** What the protocol calls client_id. */
  readonly clientId: string
  readonly metadata: ClientMetadata
  readonly secretHash: Buffer | null
  readonly pkceExempt: boolean
  readonly selfRegistered: boolean
  readonly disabledAt: Date | null
  readonly createdAt: Date
}

/** `cli_…`, or a name that an operator chose. */
export function isClientId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/.test(text)
}

export function isConfidential(metadata: ClientMetadata): boolean {
  return metadata.token_endpoint_auth_method !== 'none'
}

/** Whether it proves itself by a secret; RFC 7591 §2 makes that the default. */
export function needsSecret({ token_endpoint_auth_method: method }: ClientMetadata): boolean {
  return method !== 'none' && method !== 'private_key_jwt'
}

/** RFC 7591 §2: the authorization code grant, where nothing else is said. */
export function grantTypesOf(metadata: ClientMetadata): readonly string[] {
  return metadata.grant_types ?? ['authorization_code']
}

/**
 * What is wrong with a client as a whole; empty when nothing is.
 *
 * PKCE is what keeps a stolen code useless. Only a client that proves itself otherwise may go
 * without it, when an operator says so of that one client.
 */
export function clientProblems(metadata: ClientMetadata, pkceExempt: boolean): string[] {
  const has = new Set(grantTypesOf(metadata))
  const isPublic = !isConfidential(metadata)
  const rules: readonly (readonly [boolean, string])[] = [
    [pkceExempt && isPublic, 'a public client must use PKCE'],
    [
      has.has('client_credentials') && isPublic,
      'client_credentials: a public client proves nothing',
    ],
    [
      has.has('authorization_code') && !metadata.redirect_uris?.length,
      'redirect_uris: authorization_code needs at least one',
    ],
    [
      has.has('refresh_token') && !has.has('authorization_code'),
      'grant_types: refresh_token needs authorization_code',
    ],
    [has.size === 0, 'grant_types: a client needs at least one'],
  ]
  return [
    ...rules.filter(([broken]) => broken).map(([, reason]) => reason),
    ...keyProblems(metadata),
    ...redirectProblems(metadata),
    ...sectorProblems(metadata),
  ]
}

/** Browser origins that may call the token endpoint: those of its own pages, and those allowed by name. */
export function corsOriginsOf(metadata: ClientMetadata): ReadonlySet<string> {
  // Code on a page can keep no secret: a confidential client has no reason to call from one.
  const own = isConfidential(metadata) ? [] : (metadata.redirect_uris ?? [])
  const origins = own
    .map((uri) => new URL(uri))
    .filter(({ protocol }) => /^https?:$/.test(protocol))
  return new Set([...origins.map(({ origin }) => origin), ...(metadata.allowed_origins ?? [])])
}

function keyProblems({ token_endpoint_auth_method: method, jwks, jwks_uri }: ClientMetadata) {
  if (jwks && jwks_uri) return ['jwks and jwks_uri exclude each other']
  if (method === 'private_key_jwt' && !jwks && !jwks_uri)
    return ['private_key_jwt needs jwks or jwks_uri']
  return []
}

function redirectProblems(metadata: ClientMetadata): string[] {
  const type = metadata.application_type ?? 'web'
  return (['redirect_uris', 'post_logout_redirect_uris'] as const).flatMap((field) =>
    (metadata[field] ?? [])
      .map((uri, at) => (isRedirectUri(uri, type) ? null : `${field}[${at}]: no https address`))
      .filter((problem) => problem !== null),
  )
}

// OpenID Connect Core §8.1: with several hosts, the pseudonym's sector has to be told.
function sectorProblems(metadata: ClientMetadata): string[] {
  if (metadata.subject_type !== 'pairwise' || metadata.sector_identifier_uri) return []
  const hosts = new Set((metadata.redirect_uris ?? []).map((uri) => URL.parse(uri)?.host))
  return hosts.size > 1 ? ['pairwise with several hosts needs sector_identifier_uri'] : []
}
