import { isDeepStrictEqual } from 'node:util'
import type { Answer, MadeCall } from './calling.ts'
import {
  isNear,
  isNewest,
  isRefused,
  isView,
  nextFor,
  type State,
  withSession,
} from './expected.ts'
import { ALLOWED, ELEVATIONS, RULES } from './rules.ts'
import {
  absoluteEnd,
  endedBy,
  fits,
  judge,
  type ModelSession,
  mayRenew,
  movedTo,
  overBy,
  renewed,
} from './session.ts'

/** How the servers are set, and whether what they count is written already. */
export interface Circumstances {
  readonly auto: boolean
  readonly settled: boolean
}

/** A session of a state, found by one of its tokens. */
interface Found {
  readonly state: State
  readonly session: ModelSession
  readonly generation: number
}

export function validate(
  { state, session, generation }: Found,
  { act }: MadeCall,
  answer: Answer,
  { auto }: Circumstances,
): State[] {
  if (act.do !== 'validate') return []
  const { now } = state
  const verdict = judge(session, generation, { now })
  const found = { state, session, generation }
  if (isReusedTogether(found) && isInvalid(answer, found, 'reused'))
    return [withSession(state, failing(session, 'reused'))]
  if (verdict !== 'current' && verdict !== 'replaced') {
    const failed = failing(verdict === 'reused' ? endedBy(session, 'reuse', now) : session, verdict)
    return isInvalid(answer, { state, session, generation }, verdict)
      ? [withSession(state, failed)]
      : []
  }
  if (act.place && !fits(session, act.place)) {
    const isTold = answer.is === 'invalid' && answer.reason === 'context_mismatch'
    return isTold ? [withSession(state, failing(session, 'context_mismatch'))] : []
  }
  if (answer.is !== 'valid') return []
  const moved = act.place ? movedTo(session, act.place) : session
  const used = { ...moved, uses: moved.uses + 1, usedAt: act.background ? moved.usedAt : now }
  const renews = auto && !act.background && verdict === 'current' && mayRenew(used, now) === 'yes'
  const left = renews ? renewed(used, now) : used
  const isRight = (one: ModelSession) =>
    isView(answer.session, one, now) && answer.next === nextFor(one, now)
  if (renews && answer.token === null)
    return isRight(used) ? endedMeanwhile(state, [used, left]) : []
  const isToken =
    renews || verdict === 'replaced' ? isNewest(answer.token, left) : answer.token === null
  return isToken && isRight(left) ? [withSession(state, left)] : []
}

// It was renewed or not when somebody ended it, and whoever asked is not told of either.
function endedMeanwhile(state: State, sessions: readonly ModelSession[]): State[] {
  return sessions.map((one) => withSession(state, { ...one, doomed: true }))
}

function failing(session: ModelSession, reason: string): ModelSession {
  const { failures } = session
  return { ...session, failures: { ...failures, [reason]: (failures[reason] ?? 0) + 1 } }
}

const BY_TIME = ['idle', 'absolute']

function isInvalid(answer: Answer, { state, session, generation }: Found, reason: string): boolean {
  if (answer.is !== 'invalid' || answer.reason !== reason) return false
  const cause = reason === 'reused' ? 'reuse' : overBy(session, state.now)
  const told = answer.endCause
  // Of two times that are over either may be told.
  const isCause = told === cause || [told, cause].every((one) => BY_TIME.includes(one ?? ''))
  const mayStillRenew =
    reason === 'expired' &&
    cause === null &&
    generation === session.generation &&
    state.now < session.tokenEnd + RULES.grace
  return isCause && answer.next === (mayStillRenew ? 'renew' : 'log_in')
}

export function renew({ state, session, generation }: Found, answer: Answer): State[] {
  const { now } = state
  const verdict = judge(session, generation, { now, leeway: RULES.grace })
  if (verdict !== 'current' && verdict !== 'replaced')
    return refused({ state, session, generation }, answer, verdict)
  const may = verdict === 'replaced' ? 'replaced' : mayRenew(session, now)
  if (may === 'never') return isRefused(answer, 'renewals_exhausted') ? [state] : []
  if (may === 'too early') {
    const wait = session.tokenEnd - RULES.threshold - now
    const isTold = answer.is === 'refused' && isNear((answer.retryAfter ?? 0) / 60, wait)
    return isTold && isRefused(answer, 'renewal_too_early') ? [state] : []
  }
  const left = may === 'replaced' ? session : renewed(session, now)
  if (may === 'yes' && isRefused(answer, 'invalidated')) return endedMeanwhile(state, [left])
  if (answer.is !== 'issued') return []
  const isRight =
    isNewest(answer.token, left) &&
    isView(answer.session, left, now) &&
    answer.next === nextFor(left, now)
  return isRight ? [withSession(state, left)] : []
}

/** Of two that show a replaced token at once, each may have read it before the other ended all. */
function isReusedTogether({ session, generation }: Found): boolean {
  return session.end?.cause === 'reuse' && generation < session.generation
}

/** A token that is no good, shown to a function that needs a good one. */
function refused(found: Found, answer: Answer, verdict: string): State[] {
  const { state, session } = found
  if (isReusedTogether(found) && isRefused(answer, 'reused')) return [state]
  if (!isRefused(answer, verdict)) return []
  const left = verdict === 'reused' ? endedBy(session, 'reuse', state.now) : session
  return [withSession(state, left)]
}

export function context(found: Found, { act }: MadeCall, answer: Answer): State[] {
  if (act.do !== 'context') return []
  const { state, session, generation } = found
  const verdict = judge(session, generation, { now: state.now })
  if (verdict !== 'current' && verdict !== 'replaced') return refused(found, answer, verdict)
  if (!fits(session, act.place)) return isRefused(answer, 'context_mismatch') ? [state] : []
  const isRight = answer.is === 'session' && isView(answer.session, session, state.now)
  return isRight ? [withSession(state, movedTo(session, act.place))] : []
}

export function permissions(found: Found, { act }: MadeCall, answer: Answer): State[] {
  if (act.do !== 'permissions') return []
  const { state, session, generation } = found
  const { now } = state
  const verdict = judge(session, generation, { now })
  if (verdict !== 'current' && verdict !== 'replaced') return refused(found, answer, verdict)
  const minutes = act.minutes ?? RULES.elevation
  if (minutes > RULES.longestElevation) return isRefused(answer, 'invalid_request') ? [state] : []
  const may = [...ALLOWED, ...ELEVATIONS]
  if (act.permissions.some((one) => !may.includes(one)))
    return isRefused(answer, 'permission_denied') ? [state] : []
  if (answer.is !== 'elevation') return []
  if (act.permissions.length === 0)
    return answer.permissions === null ? [withSession(state, { ...session, elevation: null })] : []

  const end = Math.min(now + minutes, absoluteEnd(session))
  const isRight =
    isDeepStrictEqual([...(answer.permissions ?? [])].sort(), [...act.permissions].sort()) &&
    isNear(answer.end, end - now)
  const elevation = { permissions: act.permissions, end }
  return isRight ? [withSession(state, { ...session, elevation })] : []
}

export function analytics(
  { state, session }: Found,
  answer: Answer,
  { settled }: Circumstances,
): boolean {
  if (answer.is !== 'analytics') return false
  const { id, duration, renewals, validations, failures, devices, countries } = answer.figures
  const isSame =
    id === session.id &&
    renewals === session.generation &&
    isNear(duration, (session.end?.at ?? state.now) - session.madeAt)
  if (!settled) return isSame
  return (
    isSame &&
    validations === session.uses &&
    isDeepStrictEqual(failures, session.failures) &&
    devices === session.seen.devices.length &&
    isDeepStrictEqual([...countries].sort(), [...session.seen.countries].sort())
  )
}
