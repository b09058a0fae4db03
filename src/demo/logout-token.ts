import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Named } from './visits.ts'

export type LogoutTokenVerdict =
  | { readonly valid: true; readonly token: LogoutToken }
  | { readonly valid: false; readonly reason: string }

export interface LogoutToken extends Named {
  readonly jti: string
}

export interface Expected {
  readonly issuer: string
  readonly clientId: string
  readonly keys: JWTVerifyGetKey
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const TYPES = ['logout+jwt', 'application/logout+jwt', 'jwt']
/** Asymmetric ones alone: with HMAC everybody who knows our secret could log people out. */
const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA']

/**
 * Judges a logout token as OpenID Connect Back-Channel Logout 1.0, section 2.6, demands; replay is
 * the caller's to notice. Throws only when the keys cannot be had, which is not the token's fault.
 */
export async function verifyLogoutToken(
  token: string,
  { issuer, clientId, keys }: Expected,
): Promise<LogoutTokenVerdict> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience: clientId,
      algorithms: ALGORITHMS,
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: '5m',
      clockTolerance: '10s',
    })
    const reason = flaw(payload, protectedHeader.typ)
    if (reason !== null) return { valid: false, reason }
    return { valid: true, token: toLogoutToken(payload) }
  } catch (error) {
    if (error instanceof errors.JOSEError && blamesToken(error))
      return { valid: false, reason: error.code }
    throw error
  }
}

/** What jose does not look at, because other tokens may have it. */
function flaw(payload: JWTPayload, type: string | undefined): string | null {
  const { aud, sub, sid, jti, events } = payload
  if (!TYPES.includes(type?.toLowerCase() ?? '')) return 'wrong_type'
  // A token for several could be passed on by one of them to us.
  if (Array.isArray(aud) && aud.length !== 1) return 'wrong_audience'
  // An ID token must never pass for a logout token.
  if ('nonce' in payload) return 'nonce_present'
  if (!isObject(events) || !isObject(events[EVENT])) return 'event_missing'
  if (sub === undefined && sid === undefined) return 'nobody_named'
  if (![sub ?? 'absent', sid ?? 'absent', jti].every(isName)) return 'wrong_claim'
  return null
}

function toLogoutToken({ sub, sid, jti }: JWTPayload): LogoutToken {
  return { sub: sub ?? null, sid: isName(sid) ? sid : null, jti: jti ?? '' }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Everything but the errors of fetching the keys. */
function blamesToken({ code }: errors.JOSEError): boolean {
  return /^ERR_(JWT|JWS)_|^ERR_JOSE_(ALG|NOT)|^ERR_JWKS_(NO|MULTIPLE)_/.test(code)
}
