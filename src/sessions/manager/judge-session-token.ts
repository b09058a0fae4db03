import type { PresentedSessionToken } from './session-token.ts'
import type { TokenCheck } from './token-check.ts'

/** Why a session token is not accepted; a closed list, the same in process, over HTTP and in the SDK. */
export type InvalidReason =
  /** No session token by its form. */
  | 'malformed'
  /** Not signed by us, or not by this session. */
  | 'bad_signature'
  /** Its own time is over, and the session's may not be. */
  | 'expired'
  /** No such session, or none of the caller's. */
  | 'not_found'
  /** The session was ended, or what it stands on was. */
  | 'invalidated'
  /** A generation that was replaced long ago: copied, or stolen. The session is ended. */
  | 'reused'
  /** Used elsewhere than the policy lets it be. */
  | 'context_mismatch'

export type TokenVerdict =
  | { readonly verdict: 'current' }
  /** Its successor is given again, and nothing is written. */
  | { readonly verdict: 'replaced' }
  | { readonly verdict: 'refused'; readonly reason: InvalidReason }

/** Seconds, each. */
export interface Leniency {
  /** How long a replaced token is answered with its successor. */
  readonly grace: number
  /** How long an expired one still does, where that is asked. */
  readonly leeway?: number
}

/**
 * Judges a token that its session signed against the session's row, in the order expiry, status,
 * generation: what is told first is what its holder can do least about.
 */
export function judgeSessionToken(
  check: TokenCheck,
  token: Pick<PresentedSessionToken, 'generation' | 'exp'>,
  { grace, leeway = 0 }: Leniency,
): TokenVerdict {
  const now = check.session.readAt.getTime()
  const age = check.generation - token.generation
  // A token from the future proves that the database went back in time.
  if (age < 0) return { verdict: 'refused', reason: 'invalidated' }
  const inGrace = age === 1 && now <= check.issuedAt.getTime() + grace * 1000
  // Of the newest token the row says the time, by the database's clock.
  const end = (age === 0 && check.expiresAt?.getTime()) || token.exp * 1000
  if (end + leeway * 1000 <= now && !inGrace) return { verdict: 'refused', reason: 'expired' }
  if (check.session.refusal) return { verdict: 'refused', reason: reasonOf(check) }
  if (age === 0) return { verdict: 'current' }
  return inGrace ? { verdict: 'replaced' } : { verdict: 'refused', reason: 'reused' }
}

const BY_TIME: readonly (string | null)[] = ['idle', 'absolute']

/** Time that ran out is told as such, marked already or not; everything else was done by somebody. */
export function reasonOf({ session, endCause }: TokenCheck): 'expired' | 'invalidated' {
  const cause = session.refusal === 'ended' ? endCause : session.refusal
  return BY_TIME.includes(cause) ? 'expired' : 'invalidated'
}
