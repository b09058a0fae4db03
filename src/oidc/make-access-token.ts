import { randomBytes } from 'node:crypto'
import { encode } from '../crypto/base64url.ts'
import { signJwt } from '../keys/jws.ts'
import type { SigningKey, SigningKeySet } from '../keys/signing-keys.ts'
import { keyRowOf } from '../sessions/session-key-row.ts'
import { formatAccessToken } from '../sessions/tokens/access-token.ts'
import type { AccessTokenContent } from '../sessions/tokens/check-access-token.ts'
import { sealServiceToken } from '../sessions/tokens/service-token.ts'
import type { OidcDeps } from './deps.ts'
import { stayClaims } from './extra-token-claims.ts'
import { epochSeconds } from './payload.ts'
import type { Target } from './resources.ts'
import type { TokenOrigin } from './token-origin.ts'

/** An access token that is about to be made, in either form. */
export interface AccessTokenDraft {
  readonly clientId: string
  /** Whom it is about, as its client knows them. */
  readonly subject: string
  readonly scope: string
  readonly target: Target | null
  readonly lifetime: number
  /** Null for a service without a session. */
  readonly origin: TokenOrigin | null
  readonly grantType?: string | undefined
}

type Keys = Pick<OidcDeps, 'keyring' | 'serverKeys'>

export interface SigningDeps extends Keys {
  readonly config: { readonly issuer: string }
  readonly signingKeys: () => SigningKeySet
}

/** What the library makes of the same, without the library. */
export function makeAccessToken(deps: SigningDeps, draft: AccessTokenDraft): Promise<string> {
  const iat = epochSeconds(new Date())
  const exp = iat + draft.lifetime
  const { target, clientId, origin } = draft
  const scope = draft.scope || undefined
  const alg = target?.jwt?.sign.alg
  if (!alg) {
    const named = { j: encode(randomBytes(32)), c: clientId, s: scope, a: target?.audience }
    return sealAccessToken(deps, { ...named, y: draft.grantType, i: iat, t: exp }, origin)
  }
  const claims = {
    ...(origin && stayClaims(origin)),
    jti: encode(randomBytes(16)),
    sub: draft.subject,
    iat,
    exp,
    scope,
    client_id: clientId,
    iss: deps.config.issuer,
    aud: target.audience,
  }
  return signJwt(signingKey(deps, alg), claims, 'at+jwt')
}

/** The opaque form: sealed under the session's key, or the server's where there is no session. */
export async function sealAccessToken(
  { keyring, serverKeys }: Keys,
  content: AccessTokenContent,
  origin: TokenOrigin | null,
): Promise<string> {
  if (!origin) return sealServiceToken(serverKeys, content, new Date())
  const { session, grantId: g, epoch: e, familyId: f, browser } = origin
  const key = await keyring.sessionKey(keyRowOf(session), 'access-token')
  return formatAccessToken(key, session.id, { ...content, g, e, f, q: browser?.sid })
}

/** The key that signs now by an algorithm. */
export function signingKey({ signingKeys }: SigningDeps, alg: SigningKey['alg']): SigningKey {
  const key = signingKeys().active.find((active) => active.alg === alg)
  if (!key) throw new Error(`no key signs by ${alg}`)
  return key
}
