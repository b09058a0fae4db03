import type { Client } from '../clients/client.ts'
import { subjectFor } from '../clients/subject.ts'
import type { Config } from '../config/config.ts'
import { signJwt } from '../keys/jws.ts'
import type { CheckedSession } from '../sessions/session.ts'
import { claimsOf } from '../users/claims.ts'
import type { User } from '../users/user.ts'
import { presentAuthentication } from './authentication-claims.ts'
import { identityClaims } from './claims.ts'
import { type SigningDeps, signingKey } from './make-access-token.ts'
import { epochSeconds, type Payload } from './payload.ts'
import { type Browser, sessionClaims } from './session-claims.ts'

interface Deps extends SigningDeps {
  readonly config: Config
}

/** What an ID token is about, and for whom it is. */
export interface IdTokenDraft {
  readonly client: Pick<Client, 'clientId' | 'metadata'>
  readonly session: CheckedSession
  readonly browser: Browser | null
  readonly user: User
  /** What was sealed with the code or the family. */
  readonly payload: Payload
  /** Of the provider's own scopes, those that release claims. */
  readonly openid: readonly string[]
  /** Of the authorization request; only the first ID token has one (OpenID Connect Core §12.2). */
  readonly nonce?: string | undefined
}

/** What the library makes of the same, without the library. */
export function makeIdToken(deps: Deps, draft: IdTokenDraft): Promise<string> {
  const { config, serverKeys } = deps
  const { client, session, browser, user, payload, openid, nonce } = draft
  const { acr, amr, authTime } = presentAuthentication(session, payload)
  const iat = epochSeconds(new Date())
  const claims = {
    sub: subjectFor({ lookup: serverKeys }, client, user.id),
    ...identityClaims(session),
    ...sessionClaims(deps, client, { session, browser }),
    ...claimsOf(user, new Set(openid)),
    acr,
    amr,
    auth_time: authTime,
    nonce,
    aud: client.clientId,
    exp: iat + config.tokens.idToken,
    iat,
    iss: config.issuer,
  }
  const alg = client.metadata.id_token_signed_response_alg ?? config.keys.signing.alg
  return signJwt(signingKey(deps, alg), claims)
}
