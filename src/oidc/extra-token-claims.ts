import type { Configuration } from 'oidc-provider'
import { formatId } from '../ids.ts'
import { workspaceClaims } from './claims.ts'
import { requireState } from './request-state.ts'

/**
 * What access tokens say beyond RFC 9068. The grant and its epoch let this server tell a revoked
 * JWT from a good one without having stored either.
 */
export function extraTokenClaims(): NonNullable<Configuration['extraTokenClaims']> {
  return async (_ctx, token) => {
    const { checked, making } = requireState()
    if (token.kind !== 'AccessToken' || !checked) return undefined
    const { sid } = token as { readonly sid?: string }
    return {
      ...workspaceClaims(checked.session),
      sid: sid ?? formatId('ses', checked.session.id),
      grant_id: formatId('gra', checked.grantId),
      grant_epoch: checked.epoch,
      ...(making ? { family_id: formatId('rtf', making.familyId) } : {}),
    }
  }
}
