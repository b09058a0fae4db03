import type { BriefStay } from '../sessions/brief-stay.ts'
import type { FoundAccessToken } from '../sessions/tokens/check-access-token.ts'
import { epochSeconds } from './payload.ts'

/** Whether a token that stands is of today: neither it has expired nor, as the library sees it, its grant. */
export function isLive(found: FoundAccessToken<BriefStay>): boolean {
  const now = epochSeconds(new Date())
  if (found.content.t <= now) return false
  return found.of === 'service' || epochSeconds(found.stay.session.absoluteEndAt) > now
}
