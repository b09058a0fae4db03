import { SignJWT } from 'jose'
import { encode } from '../crypto/base64url.ts'
import { makeSecret } from '../crypto/secret.ts'
import type { SigningKey } from '../keys/signing-keys.ts'

/** Whom a logout token tells of what; `sub` is missing where a session has no user or the client wants none. */
export interface LogoutClaims {
  readonly issuer: string
  readonly clientId: string
  readonly sub: string | null
  readonly sid: string
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** Short, since a token that waits is minted anew for each attempt. */
const LIFETIME = 120

/** A logout token of its own `jti`, as OpenID Connect Back-Channel Logout 1.0 §2.4 forms it. */
export function mintLogoutToken(
  { privateKey, ...header }: SigningKey,
  { issuer, clientId, sub, sid }: LogoutClaims,
  now: Date,
): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000)
  const claims = {
    iss: issuer,
    aud: clientId,
    iat,
    exp: iat + LIFETIME,
    jti: encode(makeSecret()),
    sid,
    events: { [EVENT]: {} },
    ...(sub !== null && { sub }),
  }
  // The explicit type keeps an ID token from being taken for a logout token, and the reverse.
  return new SignJWT(claims).setProtectedHeader({ ...header, typ: 'logout+jwt' }).sign(privateKey)
}
