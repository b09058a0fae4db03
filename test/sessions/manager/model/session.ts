import { ALLOWED, RULES } from './rules.ts'

/** A session as the model knows it; instants are minutes since the run began. */
export interface ModelSession {
  readonly id: string
  readonly madeAt: number
  readonly generation: number
  /** Of the newest token. */
  readonly tokenEnd: number
  readonly issuedAt: number
  readonly lastSeen: number
  /** A use that is not written yet. */
  readonly usedAt: number
  readonly end: { readonly cause: string; readonly at: number } | null
  /** A call beside it must have ended it, or what was answered makes no sense. */
  readonly doomed: boolean
  readonly elevation: { readonly permissions: readonly string[]; readonly end: number } | null
  readonly place: Place
  readonly seen: { readonly devices: readonly string[]; readonly countries: readonly string[] }
  readonly uses: number
  readonly failures: Readonly<Record<string, number>>
}

export interface Place {
  readonly device?: string | undefined
  readonly country?: string | undefined
}

export type Verdict = 'current' | 'replaced' | 'expired' | 'invalidated' | 'reused'

export const absoluteEnd = ({ madeAt }: ModelSession) => madeAt + RULES.duration

/** Ended by someone, or by a time that is over whether anybody noticed or not. */
export function overBy(session: ModelSession, now: number): string | null {
  if (session.end) return session.end.cause
  if (now >= absoluteEnd(session)) return 'absolute'
  return isIdle(session, now) ? 'idle' : null
}

export function isIdle({ lastSeen }: ModelSession, now: number): boolean {
  return now >= lastSeen + RULES.idle
}

/**
 * What a token is worth. Time that is moved in the database does not move what a token says of its
 * own end, so of an older one than the newest none passes here.
 */
export function judge(
  session: ModelSession,
  generation: number,
  { now, leeway = 0 }: { readonly now: number; readonly leeway?: number },
): Verdict {
  const age = session.generation - generation
  const inGrace = age === 1 && now <= session.issuedAt + RULES.grace
  if (age === 0 && now >= session.tokenEnd + leeway) return 'expired'
  const cause = overBy(session, now)
  if (cause) return ['idle', 'absolute'].includes(cause) ? 'expired' : 'invalidated'
  if (age === 0) return 'current'
  return inGrace ? 'replaced' : 'reused'
}

export function mayRenew(session: ModelSession, now: number): 'yes' | 'too early' | 'never' {
  const { generation, tokenEnd } = session
  if (generation >= RULES.renewals || tokenEnd >= absoluteEnd(session)) return 'never'
  return now < tokenEnd - RULES.threshold ? 'too early' : 'yes'
}

export function permissionsOf({ elevation }: ModelSession, now: number): readonly string[] {
  const given = elevation && now < elevation.end ? elevation.permissions : []
  return [...new Set([...ALLOWED, ...given])].sort()
}

/** Whether it may go on in a place that differs from where it was used last. */
export function fits({ place }: ModelSession, now: Place): boolean {
  const same = (before?: string, told?: string) => !before || !told || before === told
  return same(place.device, now.device) && same(place.country, now.country)
}

export function movedTo(session: ModelSession, { device, country }: Place): ModelSession {
  const { place, seen } = session
  const more = (all: readonly string[], one?: string) => [
    ...new Set([...all, ...(one ? [one] : [])]),
  ]
  return {
    ...session,
    place: { device: device ?? place.device, country: country ?? place.country },
    seen: { devices: more(seen.devices, device), countries: more(seen.countries, country) },
  }
}

export function renewed(session: ModelSession, now: number): ModelSession {
  const tokenEnd = Math.min(now + RULES.token, absoluteEnd(session))
  const generation = session.generation + 1
  return { ...session, generation, tokenEnd, issuedAt: now, lastSeen: now, usedAt: now }
}

export function endedBy(session: ModelSession, cause: string, at: number): ModelSession {
  return session.end ? session : { ...session, end: { cause, at } }
}

/** What was remembered is written; nothing of a session that has ended. */
export function written(session: ModelSession): ModelSession {
  if (session.end) return session
  return { ...session, lastSeen: Math.max(session.lastSeen, session.usedAt) }
}
