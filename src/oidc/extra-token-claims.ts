import type { Configuration } from 'oidc-provider'
import { formatId } from '../ids.ts'
import { workspaceClaims } from './claims.ts'
import type { TokenOrigin } from './make-access-token.ts'
import type { Payload } from './payload.ts'
import { requireState } from './request-state.ts'

/** What access tokens of a stay say beyond RFC 9068, put into those that the library makes. */
export function extraTokenClaims(): NonNullable<Configuration['extraTokenClaims']> {
  return async (_ctx, token) => {
    const { checked, making } = requireState()
    if (token.kind !== 'AccessToken' || !checked) return undefined
    const { sid } = token as { readonly sid?: string }
    return stayClaims({ checked, familyId: making?.familyId }, sid)
  }
}

/**
 * The workspace that the token opens, and its grant with the epoch: they let this server tell a
 * revoked JWT from a good one without having stored either.
 */
export function stayClaims({ checked, familyId }: TokenOrigin, sid: string | undefined): Payload {
  return {
    ...workspaceClaims(checked.session),
    sid: sid ?? formatId('ses', checked.session.id),
    grant_id: formatId('gra', checked.grantId),
    grant_epoch: checked.epoch,
    ...(familyId ? { family_id: formatId('rtf', familyId) } : {}),
  }
}
