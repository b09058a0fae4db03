import { isDeepStrictEqual } from 'node:util'
import type { Answer, MadeCall, Token, View } from './calling.ts'
import { RULES } from './rules.ts'
import { absoluteEnd, type ModelSession, mayRenew, permissionsOf } from './session.ts'

/** All that was made for one person; lists are in the order of making. */
export interface State {
  readonly now: number
  readonly sessions: readonly ModelSession[]
  /** How many the first statement of an end of all has ended, by the call's place. */
  readonly counted: Readonly<Record<number, number>>
}

export type Opened =
  | { readonly opened: true; readonly session: ModelSession; readonly generation: number }
  | {
      readonly opened: false
      readonly reason: 'malformed' | 'bad_signature' | 'not_found' | 'unheard of'
    }

/** The session behind a token; `unheard of` where this state knows no such token at all. */
export function open({ sessions }: State, { original, spoiled, by }: MadeCall): Opened {
  if (original === null || spoiled === 'form') return { opened: false, reason: 'malformed' }
  const { id, generation } = original
  const session = sessions.find((one) => one.id === id && generation <= one.generation)
  if (!session) return { opened: false, reason: 'unheard of' }
  if (by === 'stranger') return { opened: false, reason: 'not_found' }
  // With the key went the signature: that we issued the rest is all that can be said then.
  if (spoiled === 'signature' && !session.end) return { opened: false, reason: 'bad_signature' }
  return { opened: true, session, generation }
}

export function withSession(state: State, changed: ModelSession): State {
  const sessions = state.sessions.map((one) => (one.id === changed.id ? changed : one))
  return { ...state, sessions }
}

const CODES: Readonly<Record<string, string>> = {
  malformed: 'token_malformed',
  bad_signature: 'token_invalid',
  expired: 'session_expired',
  not_found: 'session_not_found',
  invalidated: 'session_ended',
  reused: 'token_reused',
}

export function isRefused(answer: Answer, reason: string): boolean {
  return answer.is === 'refused' && answer.code === (CODES[reason] ?? reason)
}

export function isNewest(token: Token | null, { id, generation }: ModelSession): boolean {
  return token?.id === id && token.generation === generation
}

/** What a view of the session says now. */
export function isView(view: View, session: ModelSession, now: number): boolean {
  const { madeAt, lastSeen, elevation } = session
  const idleEnd = Math.min(lastSeen + RULES.idle, absoluteEnd(session))
  const elevatedUntil = elevation && now < elevation.end ? elevation.end : null
  return (
    view.id === session.id &&
    view.renewals === session.generation &&
    isDeepStrictEqual(view.permissions, permissionsOf(session, now)) &&
    isNear(view.lastSeen, lastSeen - madeAt) &&
    isNear(view.idleEnd, idleEnd - madeAt) &&
    isNear(view.absoluteEnd, absoluteEnd(session) - madeAt) &&
    isNear(view.tokenEnd, session.tokenEnd - madeAt) &&
    (elevatedUntil === null || view.elevatedUntil === null
      ? elevatedUntil === view.elevatedUntil
      : isNear(view.elevatedUntil, elevatedUntil - madeAt))
  )
}

export function nextFor(session: ModelSession, now: number): string {
  return mayRenew(session, now) === 'never' ? 'log_in' : 'renew'
}

/** A run takes seconds, and all that the model counts in is quarters of minutes. */
export function isNear(told: number, expected: number): boolean {
  return told > expected - 0.24 && told < expected + 0.24
}
