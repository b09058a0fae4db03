import type { Configuration } from 'oidc-provider'
import { formatId } from '../ids.ts'
import { authenticationClaims } from './authentication-claims.ts'
import { workspaceClaims } from './claims.ts'
import type { OidcDeps } from './deps.ts'
import { elevationClaims, signedElevation } from './elevation-claims.ts'
import type { Payload } from './payload.ts'
import { requireState } from './request-state.ts'
import { originOf, type TokenOrigin } from './token-origin.ts'

/** What access tokens of a stay say beyond RFC 9068, put into those that the library makes. */
export function extraTokenClaims(
  deps: Pick<OidcDeps, 'serverKeys'>,
): NonNullable<Configuration['extraTokenClaims']> {
  return async (_ctx, token) => {
    const origin = token.kind === 'AccessToken' ? originOf(deps, requireState()) : null
    return origin ? stayClaims(origin) : undefined
  }
}

/**
 * The workspace that the token opens, and its grant with the epoch: they let this server tell a
 * revoked JWT from a good one without having stored either. The `sid` is that of the session which
 * the token lives and dies with: an API has no session in the browser.
 */
export function stayClaims(origin: TokenOrigin): Payload {
  const { session, sid, grantId, epoch, familyId, elevated } = origin
  return {
    ...workspaceClaims(session),
    ...authenticationClaims(session),
    ...elevationClaims(signedElevation(elevated)),
    sid,
    grant_id: formatId('gra', grantId),
    grant_epoch: epoch,
    ...(familyId ? { family_id: formatId('rtf', familyId) } : {}),
  }
}
