import type { Answer, MadeCall } from './calling.ts'
import { isNewest, isRefused, isView, open, type State, withSession } from './expected.ts'
import { RULES } from './rules.ts'
import { endedBy, isIdle, type ModelSession, movedTo, overBy } from './session.ts'
import { analytics, type Circumstances, context, permissions, renew, validate } from './using.ts'

/** The states that this answer leads to; none where the model knows no way to it. */
export function after(state: State, call: MadeCall, answer: Answer, how: Circumstances): State[] {
  switch (call.act.do) {
    case 'create':
      return create(state, call, answer)
    case 'list':
      return list(state, call, answer)
    case 'terminateAll':
      return terminateAll(state, call, answer)
    case 'sweep':
      return [sweep(state, call)]
    default:
      return withToken(state, call, answer, how)
  }
}

function create(state: State, { act, by }: MadeCall, answer: Answer): State[] {
  const { now } = state
  const withOne = (one: ModelSession) => ({ ...state, sessions: [...state.sessions, one] })
  if (by === 'stranger') return isRefused(answer, 'user_not_found') ? [state] : []
  if (isRefused(answer, 'session_ended')) return [withOne(unseen(now))]
  if (answer.is !== 'issued' || act.do !== 'create') return []
  const session = movedTo(fresh(now, answer.session.id), act.place)
  const isRight =
    isNewest(answer.token, session) &&
    isView(answer.session, session, now) &&
    answer.next === 'renew'
  return isRight ? [withOne(session)] : []
}

function fresh(now: number, id: string): ModelSession {
  return {
    id,
    madeAt: now,
    generation: 0,
    tokenEnd: now + RULES.token,
    issuedAt: now,
    lastSeen: now,
    usedAt: now,
    end: null,
    doomed: false,
    elevation: null,
    place: {},
    seen: { devices: [], countries: [] },
    uses: 0,
    failures: {},
  }
}

/** A session that was ended before whoever made it got an answer. */
function unseen(now: number): ModelSession {
  return { ...fresh(now, ''), doomed: true }
}

/** Whether all that was taken for ended by one of the calls beside it was so. */
export function isPossible({ sessions }: State): boolean {
  return sessions.every(({ doomed, end }) => !doomed || end !== null)
}

export function forgetUnseen(state: State): State {
  const seen = state.sessions.filter(({ id }) => id !== '')
  return { ...state, counted: {}, sessions: seen.map((one) => ({ ...one, doomed: false })) }
}

function list(state: State, { by }: MadeCall, answer: Answer): State[] {
  if (by === 'stranger') return isRefused(answer, 'user_not_found') ? [state] : []
  if (answer.is !== 'list') return []
  const live = state.sessions.filter((one) => !overBy(one, state.now))
  const isRight =
    live.length === answer.sessions.length &&
    answer.sessions.every((view) =>
      live.some((one) => one.id === '' || isView(view, one, state.now)),
    )
  return isRight ? [state] : []
}

// What time has ended and nobody has marked yet is counted here, and only here. Who comes in while
// it is under way may be ended as well.
function terminateAll(state: State, { by, part, at }: MadeCall, answer: Answer): State[] {
  if (by === 'stranger') return isRefused(answer, 'user_not_found') ? [state] : []
  if (answer.is !== 'ended') return []
  const unended = state.sessions.filter(({ end }) => end === null).length
  const end = (one: ModelSession) => endedBy(one, 'administrator', state.now)
  const count = (state.counted[at] ?? 0) + unended
  const ended = { ...state, sessions: state.sessions.map(end) }
  if (part === 'first') return [{ ...ended, counted: { ...state.counted, [at]: count } }]
  return count === answer.count ? [{ ...ended, counted: { ...state.counted, [at]: 0 } }] : []
}

/** What is idle, then what has reached its absolute end. */
function sweep(state: State, { part }: MadeCall): State {
  const swept = (one: ModelSession) => {
    const isOver = part === 'first' ? isIdle(one, state.now) : overBy(one, state.now) !== null
    return isOver ? endedBy(one, part === 'first' ? 'idle' : 'absolute', state.now) : one
  }
  return { ...state, sessions: state.sessions.map(swept) }
}

function withToken(state: State, call: MadeCall, answer: Answer, how: Circumstances): State[] {
  const opened = open(state, call)
  if (!opened.opened) return isToldUnopened(call, answer, opened.reason) ? [state] : []
  const { session, generation } = opened
  const found = { state, session, generation }
  switch (call.act.do) {
    case 'validate':
      return validate(found, call, answer, how)
    case 'renew':
      return renew(found, answer)
    case 'terminate':
      return answer.is === 'done'
        ? [withSession(state, endedBy(session, 'administrator', state.now))]
        : []
    case 'context':
      return context(found, call, answer)
    case 'permissions':
      return permissions(found, call, answer)
    case 'analytics':
      return analytics(found, answer, how) ? [state] : []
    default:
      return []
  }
}

function isToldUnopened({ act }: MadeCall, answer: Answer, reason: string): boolean {
  if (act.do !== 'validate') return isRefused(answer, reason)
  return answer.is === 'invalid' && answer.reason === reason && answer.next === 'log_in'
}
