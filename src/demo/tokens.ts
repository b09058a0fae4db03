import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client'
import { type Claims, parseClaims } from './claims.ts'
import { Refusal } from './refusal.ts'
import type { Tokens, Visit } from './visit.ts'

type TokenResponse = TokenEndpointResponse & TokenEndpointResponseHelpers

/** What a login brought. */
export function firstTokens(
  response: TokenResponse,
  now: Date,
): { readonly tokens: Tokens; readonly claims: Claims } {
  const claims = parseClaims(response.claims())
  if (!response.id_token) throw new Refusal('incomplete_answer')
  return {
    claims,
    tokens: {
      ...accessOf(response, now),
      refreshToken: response.refresh_token ?? null,
      idToken: response.id_token,
      sessionExpiresAt: claims.sessionExpiresAt,
    },
  }
}

/**
 * What a refresh brought, on top of what was there; null when it speaks of somebody or something else.
 *
 * OpenID Connect Core 12.2 demands the same `iss` and `sub`; here the same session and workspace
 * too, or one workspace's page would go on with another's tokens.
 */
export function nextTokens(visit: Visit, response: TokenResponse, now: Date): Tokens | null {
  const before = visit.tokens
  const next = {
    ...accessOf(response, now),
    refreshToken: response.refresh_token ?? before.refreshToken,
  }
  if (!response.id_token)
    return { ...next, idToken: before.idToken, sessionExpiresAt: before.sessionExpiresAt }

  const claims = parseClaims(response.claims())
  return isSameStay(visit, claims)
    ? { ...next, idToken: response.id_token, sessionExpiresAt: claims.sessionExpiresAt }
    : null
}

function isSameStay(visit: Visit, { sub, sid, workspace }: Claims): boolean {
  return sub === visit.person.sub && sid === visit.sid && workspace.id === visit.workspace.id
}

function accessOf(response: TokenResponse, now: Date) {
  const life = response.expiresIn() ?? 0
  return {
    accessToken: response.access_token,
    issuedAt: now,
    expiresAt: new Date(now.getTime() + life * 1000),
  }
}
