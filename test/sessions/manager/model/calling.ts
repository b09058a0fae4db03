import { type Session, SessionError, type SessionManager } from '@sojourn/sdk'
import { decodeJwt } from 'jose'
import type { Call, Pick } from './operations.ts'
import type { Place } from './session.ts'

/** A call with the very token that it shows. */
export interface MadeCall extends Call {
  /** As it was handed out; null where the call shows none, or none was handed out yet. */
  readonly original: Token | null
  readonly spoiled: Pick['spoiled']
  /** Its place among the calls that are made at once. */
  readonly at: number
  /** Which of its statements, for calls that are not done in one. */
  readonly part: 'only' | 'first' | 'second'
}

/** Which session's, and the how manieth; its letters say as well when, which the test moves. */
export interface Token {
  readonly id: string
  readonly generation: number
  readonly text: string
}

export interface View {
  readonly id: string
  readonly renewals: number
  readonly permissions: readonly string[]
  /** Minutes after its creation. */
  readonly lastSeen: number
  readonly idleEnd: number
  readonly absoluteEnd: number
  readonly tokenEnd: number
  readonly elevatedUntil: number | null
}

/** What came back, reduced to what the model speaks of. */
export type Answer =
  | { readonly is: 'refused'; readonly code: string; readonly retryAfter: number | null }
  | {
      readonly is: 'invalid'
      readonly reason: string
      readonly endCause: string | null
      readonly next: string
    }
  | {
      readonly is: 'valid' | 'issued'
      readonly token: Token | null
      readonly session: View
      readonly next: string
    }
  | { readonly is: 'session'; readonly session: View }
  | { readonly is: 'list'; readonly sessions: readonly View[] }
  | { readonly is: 'ended'; readonly count: number }
  | { readonly is: 'done' }
  | {
      readonly is: 'elevation'
      readonly permissions: readonly string[] | null
      /** Minutes from now. */
      readonly end: number
    }
  | { readonly is: 'analytics'; readonly figures: Figures }

export interface Figures {
  readonly id: string
  readonly duration: number
  readonly validations: number
  readonly failures: Readonly<Record<string, number>>
  readonly renewals: number
  readonly devices: number
  readonly countries: readonly string[]
}

export interface Caller {
  readonly manager: SessionManager
  readonly userId: string
  sweep(): Promise<void>
}

export async function make(caller: Caller, call: MadeCall): Promise<Answer> {
  try {
    return await answerTo(caller, call)
  } catch (error) {
    if (!(error instanceof SessionError)) throw error
    return { is: 'refused', code: error.code, retryAfter: error.retryAfter }
  }
}

async function answerTo({ manager, userId, sweep }: Caller, call: MadeCall): Promise<Answer> {
  const { act } = call
  const presented = shown(call)
  switch (act.do) {
    case 'create': {
      const made = await manager.createSession(userId, contextOf(act.place))
      return issued(made)
    }
    case 'validate': {
      const context = act.place && contextOf(act.place)
      const { background } = act
      const judged = await manager.validateSession(presented, {
        background,
        ...(context && { context }),
      })
      if (!judged.isValid) {
        const { reason, endCause } = judged
        return { is: 'invalid', reason, endCause, next: judged.next.act }
      }
      const { session, sessionToken, next } = judged
      const token = sessionToken === undefined ? null : tokenOf(sessionToken)
      return { is: 'valid', token, session: viewOf(session), next: next.act }
    }
    case 'renew':
      return issued(await manager.renewSession(presented))
    case 'terminate':
      await manager.terminateSession(presented)
      return { is: 'done' }
    case 'context':
      return {
        is: 'session',
        session: viewOf(await manager.updateSessionContext(presented, contextOf(act.place))),
      }
    case 'permissions': {
      const options = act.minutes === null ? {} : { lifetime: act.minutes * 60 }
      const given = await manager.setSessionPermissions(presented, act.permissions, options)
      const end = given ? (given.endAt.getTime() - Date.now()) / 60_000 : 0
      return { is: 'elevation', permissions: given?.permissions ?? null, end }
    }
    case 'analytics': {
      const {
        sessionId: id,
        failedValidations: failures,
        ...seen
      } = await manager.getSessionAnalytics(presented)
      const { duration, validations, renewals, devices, countries } = seen
      const figures = { id, failures, duration, validations, renewals, devices, countries }
      return { is: 'analytics', figures }
    }
    case 'list':
      return { is: 'list', sessions: (await manager.getActiveSessions(userId)).map(viewOf) }
    case 'terminateAll':
      return { is: 'ended', count: await manager.terminateAllUserSessions(userId) }
    case 'sweep':
      await sweep()
      return { is: 'done' }
  }
}

function issued(made: Awaited<ReturnType<SessionManager['renewSession']>>): Answer {
  const { sessionToken, session, next } = made
  const token = tokenOf(sessionToken)
  return { is: 'issued', token, session: viewOf(session), next: next.act }
}

function shown({ original, spoiled }: MadeCall): string {
  const text = original?.text ?? 'none'
  if (spoiled === 'form') return text.replace('.', '')
  if (spoiled === 'not') return text
  const middle = text.length - 20
  const other = text[middle] === 'A' ? 'B' : 'A'
  return text.slice(0, middle) + other + text.slice(middle + 1)
}

function tokenOf(text: string): Token {
  const { sid, gen } = decodeJwt(text)
  return { id: String(sid), generation: Number(gen), text }
}

function contextOf({ device, country }: Place) {
  return {
    ...(device !== undefined && { deviceId: device }),
    ...(country !== undefined && { location: { country } }),
  }
}

function viewOf(session: Session): View {
  const after = (at: Date) => (at.getTime() - session.createdAt.getTime()) / 60_000
  return {
    id: session.sessionId,
    renewals: session.renewals,
    permissions: session.permissions,
    lastSeen: after(session.lastSeenAt),
    idleEnd: after(session.idleEndAt),
    absoluteEnd: after(session.absoluteEndAt),
    tokenEnd: session.tokenExpiresAt ? after(session.tokenExpiresAt) : Number.NaN,
    elevatedUntil: session.elevatedUntil && after(session.elevatedUntil),
  }
}
