import type { AppliedLimit, LimitAction, Priorities } from './concurrency.ts'

/** What decides who goes first. */
export interface Standing {
  readonly createdAt: Date
  readonly lastSeenAt: Date
  /** Given by the API. */
  readonly priority: number | null
  readonly roles: readonly string[]
  readonly deviceClass: string | null
  readonly acr: string | null
}

/** A login or a session that is there, and that a limit counts. */
export interface Candidate extends Standing {
  readonly kind: 'login' | 'session'
  readonly id: string
  /** Of a session that a login holds; it ends with it. */
  readonly loginId: string | null
}

/** Who comes: the youngest, and the one used last. */
export type Newcomer = Pick<Standing, 'priority' | 'roles' | 'deviceClass' | 'acr'>

/** A limit, and those that it counts. */
export interface Contest<C extends Candidate = Candidate> {
  readonly limit: AppliedLimit
  readonly candidates: readonly C[]
}

export interface Eviction<C extends Candidate = Candidate> {
  readonly candidate: C
  readonly limit: AppliedLimit
}

/** A limit that lets nobody in as things are. */
export interface Reached<C extends Candidate = Candidate> {
  readonly limit: AppliedLimit
  readonly count: number
  /** How many must end before somebody comes in. */
  readonly tooMany: number
  /** Those of whom they may be, who would go first before the others. */
  readonly candidates: readonly C[]
  /** With so much priority a newcomer would be let in; null where priority decides nothing. */
  readonly priorityNeeded: number | null
}

export type Room<C extends Candidate = Candidate> =
  | { readonly outcome: 'admitted'; readonly evicted: readonly Eviction<C>[] }
  | { readonly outcome: 'denied' | 'ask'; readonly reached: Reached<C> }

/**
 * Whether somebody may come in, and who leaves for it. Nobody leaves unless all limits let the
 * newcomer in; one that denies is stronger than one that asks.
 *
 * A creation never evicts itself: a newcomer who would be the first to go is denied.
 */
export function decideRoom<C extends Candidate>(
  newcomer: Newcomer,
  contests: readonly Contest<C>[],
): Room<C> {
  const evicted: Eviction<C>[] = []
  let asked: Reached<C> | null = null
  for (const { limit, candidates } of contests) {
    const left = leavingOut(candidates, evicted)
    const tooMany = left.length + 1 - limit.max
    if (tooMany <= 0) continue
    const order = inOrderOfLeaving(limit, left)
    const reached = { limit, count: left.length, tooMany, candidates: order, priorityNeeded: null }
    if (limit.onReaching === 'deny') return { outcome: 'denied', reached }
    if (limit.onReaching === 'ask') {
      asked ??= reached
      continue
    }
    const leaving = order.slice(0, tooMany)
    const needed = priorityNeeded(limit, leaving)
    if (needed !== null && worthOf(newcomer, limit.priorities) < needed)
      return { outcome: 'denied', reached: { ...reached, priorityNeeded: needed } }
    evicted.push(...leaving.map((candidate) => ({ candidate, limit })))
  }
  return asked ? { outcome: 'ask', reached: asked } : { outcome: 'admitted', evicted }
}

/** Those who are too many where a limit was lowered while they ran. */
export function tooManyOf<C extends Candidate>({ limit, candidates }: Contest<C>): readonly C[] {
  const tooMany = Math.max(0, candidates.length - limit.max)
  return inOrderOfLeaving(limit, candidates).slice(0, tooMany)
}

/** Who left already for another limit is counted by none; with a login its sessions leave. */
function leavingOut<C extends Candidate>(
  candidates: readonly C[],
  evicted: readonly Eviction<C>[],
): readonly C[] {
  const gone = new Set(evicted.map(({ candidate }) => candidate.id))
  return candidates.filter(({ id, loginId }) => !gone.has(id) && !gone.has(loginId ?? ''))
}

function inOrderOfLeaving<C extends Candidate>(
  { onReaching, priorities }: AppliedLimit,
  candidates: readonly C[],
): readonly C[] {
  const order = ORDERS[onReaching]
  return candidates.toSorted(
    (a, b) => order(a, b, priorities) || older(a, b, undefined) || (a.id < b.id ? -1 : 1),
  )
}

type Order = (a: Standing, b: Standing, priorities: Priorities | undefined) => number

const older: Order = (a, b) => a.createdAt.getTime() - b.createdAt.getTime()
const lessUsed: Order = (a, b) => a.lastSeenAt.getTime() - b.lastSeenAt.getTime()

// Where newcomers are denied, who came first keeps their place when a limit is lowered; where people
// are asked, there is nobody to ask then, and what is used least goes.
const ORDERS: Readonly<Record<LimitAction, Order>> = {
  deny: (a, b, by) => older(b, a, by),
  evict_oldest: older,
  evict_least_recently_used: lessUsed,
  evict_lowest_priority: (a, b, by) => worthOf(a, by) - worthOf(b, by) || lessUsed(a, b, by),
  ask: lessUsed,
}

/** The least that is not among the first to go: of two that are worth the same, the newcomer stays. */
function priorityNeeded(
  { onReaching, priorities }: AppliedLimit,
  leaving: readonly Candidate[],
): number | null {
  const last = leaving.at(-1)
  return onReaching === 'evict_lowest_priority' && last ? worthOf(last, priorities) : null
}

/** What the API said, or else what its best role, its device and its level are worth together. */
export function worthOf(standing: Newcomer, priorities: Priorities = {}): number {
  if (standing.priority !== null) return standing.priority
  const { role = {}, deviceClass = {}, acr = {} } = priorities
  const roles = standing.roles.map((name) => valueIn(role, name))
  return (
    (roles.length > 0 ? Math.max(...roles) : 0) +
    valueIn(deviceClass, standing.deviceClass) +
    valueIn(acr, standing.acr)
  )
}

/** Names are anybody's: none must find what every object has. */
function valueIn(values: Readonly<Record<string, number>>, name: string | null): number {
  return name !== null && Object.hasOwn(values, name) ? (values[name] ?? 0) : 0
}
