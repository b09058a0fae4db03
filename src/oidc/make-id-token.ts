import { subjectFor } from '../clients/subject.ts'
import type { Config } from '../config/config.ts'
import { signJwt } from '../keys/jws.ts'
import { claimsOf } from '../users/claims.ts'
import { presentAuthentication } from './authentication-claims.ts'
import { identityClaims } from './claims.ts'
import { type SigningDeps, signingKey } from './make-access-token.ts'
import { epochSeconds } from './payload.ts'
import type { PlainRefresh } from './plain-refresh.ts'
import { browserOf, sessionClaims } from './session-claims.ts'

interface Deps extends SigningDeps {
  readonly config: Config
}

/** The ID token of a refresh (OpenID Connect Core §12.2), with what its scopes release. */
export function makeIdToken(deps: Deps, refresh: PlainRefresh): Promise<string> {
  const { config, serverKeys } = deps
  const { presented, payload, user, openid } = refresh
  const { client, session } = presented.check
  const { acr, amr, authTime } = presentAuthentication(session, payload)
  const iat = epochSeconds(new Date())
  const claims = {
    sub: subjectFor({ lookup: serverKeys }, client, user.id),
    ...identityClaims(session),
    ...sessionClaims(deps, client, { session, browser: browserOf(presented) }),
    ...claimsOf(user, new Set(openid)),
    acr,
    amr,
    auth_time: authTime,
    aud: client.clientId,
    exp: iat + config.tokens.idToken,
    iat,
    iss: config.issuer,
  }
  const alg = client.metadata.id_token_signed_response_alg ?? config.keys.signing.alg
  return signJwt(signingKey(deps, alg), claims)
}
