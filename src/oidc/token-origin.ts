import type { FamilyId } from '../ids.ts'
import type { Elevated } from '../sessions/elevation-column.ts'
import type { PresentedToken } from '../sessions/tokens/present-refresh-token.ts'
import type { OidcDeps } from './deps.ts'
import { clientOf, elevatedOf, type Holder, holderOf, type RequestState } from './request-state.ts'
import { type Browser, browserOf, sidOf } from './session-claims.ts'

/** What an access token lives in, and the refresh tokens that it comes with. */
export interface TokenOrigin extends Holder {
  /** What the client calls the session. */
  readonly sid: string
  readonly browser: Browser | null
  readonly familyId: FamilyId | undefined
  readonly elevated: Elevated | null
}

/** Null where the request is about no stay: a service acts for itself. */
export function originOf(
  deps: Pick<OidcDeps, 'serverKeys'>,
  state: RequestState,
): TokenOrigin | null {
  const holder = holderOf(state)
  if (!holder) return null
  const { session, grantId, epoch } = holder
  const sid = sidOf(deps, clientOf(state), session.id)
  const { browser, making } = state
  const elevated = elevatedOf(state)
  return { session, grantId, epoch, sid, browser, familyId: making?.familyId, elevated }
}

/** The same for the tokens that a refresh gives. */
export function originOfFamily(
  deps: Pick<OidcDeps, 'serverKeys'>,
  presented: PresentedToken,
): TokenOrigin {
  const { session, grant, client, family } = presented.check
  return {
    session,
    grantId: grant.id,
    epoch: grant.epoch,
    sid: sidOf(deps, client, session.id),
    browser: browserOf(presented),
    familyId: family.id,
    elevated: presented.check.elevated,
  }
}
