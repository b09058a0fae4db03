import type { Origin, PolicyLevel } from './policy-level.ts'

/** What is done when somebody comes and a limit is reached. */
export type LimitAction =
  | 'deny'
  | 'evict_oldest'
  | 'evict_least_recently_used'
  | 'evict_lowest_priority'
  | 'ask'

export const LIMIT_ACTIONS = [
  'deny',
  'evict_oldest',
  'evict_least_recently_used',
  'evict_lowest_priority',
  'ask',
] as const satisfies readonly LimitAction[]

/** What sessions are worth where the API gave them no priority; what is not named is worth 0. */
export interface Priorities {
  readonly role?: Readonly<Record<string, number>>
  readonly deviceClass?: Readonly<Record<string, number>>
  readonly acr?: Readonly<Record<string, number>>
}

export interface ConcurrencyLimit {
  readonly max: number
  readonly onReaching: LimitAction
  readonly priorities?: Priorities
}

export type LimitKind = 'perUser' | 'perDeviceClass' | 'perWorkspace' | 'perClient'

/** How many sessions one level lets there be at a time. */
export type Concurrency = Readonly<Partial<Record<LimitKind, ConcurrencyLimit>>>

/** What all those have in common that a limit counts together. */
export type Dimension = 'user' | 'device_class' | 'workspace' | 'client' | 'role' | 'acr'

/** A limit of one level; it counts what lies within that level, and nothing else. */
export interface AppliedLimit extends ConcurrencyLimit {
  readonly kind: LimitKind
  readonly within: readonly Dimension[]
  readonly origin: Origin
}

const OF_KIND: Readonly<Record<LimitKind, readonly Dimension[]>> = {
  perUser: ['user'],
  perDeviceClass: ['user', 'device_class'],
  perWorkspace: ['workspace'],
  perClient: ['client'],
}

const OF_LEVEL: Readonly<Record<PolicyLevel, readonly Dimension[]>> = {
  server: [],
  workspace: ['workspace'],
  client: ['client'],
  role: ['workspace', 'role'],
  acr: ['acr'],
}

/** The limits of one level. */
export function limitsOf(origin: Origin, concurrency: Concurrency = {}): readonly AppliedLimit[] {
  return Object.entries(concurrency).map(([kind, limit]) => {
    const within = [...OF_KIND[kind as LimitKind], ...OF_LEVEL[origin.level]]
    return { ...limit, kind: kind as LimitKind, within: [...new Set(within)].sort(), origin }
  })
}

/**
 * All limits that hold: those that count the same are one, of which the lowest wins and, of two that
 * are equal, the more general.
 */
export function strictestLimits(
  said: readonly (readonly [Origin, Concurrency | undefined])[],
): readonly AppliedLimit[] {
  const lowest = new Map<string, AppliedLimit>()
  for (const limit of said.flatMap(([origin, concurrency]) => limitsOf(origin, concurrency))) {
    const known = lowest.get(countedBy(limit))
    if (!known || limit.max < known.max) lowest.set(countedBy(limit), limit)
  }
  return [...lowest.values()]
}

/** A role is named by the level, all else by whoever comes. */
function countedBy({ within, origin }: AppliedLimit): string {
  return [...within, within.includes('role') ? origin.subject : ''].join(' ')
}

/**
 * Whether it counts in how many places a person is: logins, and sessions that have none. All others
 * count sessions.
 */
export function countsLogins({ kind, origin }: AppliedLimit): boolean {
  return kind === 'perUser' && (origin.level === 'server' || origin.level === 'acr')
}
