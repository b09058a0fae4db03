import type { LimiterOptions } from '../database/limiter.ts'
import type { ServerKeys } from '../keys/data-keys.ts'
import { networkOf } from './network.ts'

/** What is used of a limiter of rate-limiter-flexible; a key's window begins with its first point. */
interface Limiter {
  readonly points: number
  get(key: string): Promise<Standing | null>
  penalty(key: string): Promise<Standing>
  set(key: string, points: number, seconds: number): Promise<unknown>
  delete(key: string): Promise<boolean>
}

interface Standing {
  readonly consumedPoints: number
  readonly msBeforeNext: number
}

interface Deps {
  readonly limiter: (options: LimiterOptions) => Limiter
  /** Keyed: who reads the table learns neither names nor addresses. */
  readonly serverKeys: Pick<ServerKeys, 'lookupHash'>
  readonly throttle: { readonly perUser: Limit; readonly perAddress: Limit }
}

interface Limit {
  readonly points: number
  /** Seconds. */
  readonly window: number
}

export interface Attempt {
  readonly username: string
  readonly address: string
}

/** Each answer is the seconds to wait before another attempt; 0 is none. */
export interface LoginThrottle {
  /** Before the password is verified. */
  check(attempt: Attempt): Promise<number>
  /** Counts a wrong one. More than 0: too many were under way, so do not tell that it was wrong. */
  fail(attempt: Attempt): Promise<number>
  /** Forgets the user's failures. More than 0: too many were under way, so do not tell that it was right. */
  pass(attempt: Attempt): Promise<number>
}

interface Counters {
  readonly user: Limiter
  readonly network: Limiter
  readonly everywhere: Limiter
  readonly known: Limiter
}

type Keys = Readonly<Record<'user' | 'network' | 'everywhere', string>>

const EVERYWHERE = 10
const KNOWN_FOR = 90 * 24 * 3600
const KNOWN_AGAIN_BELOW = 60 * 24 * 3600

/**
 * Slows guessing down without giving anybody a way to lock somebody else out. Only failures count:
 *
 * - of one user from one network: `perUser`, forgotten at a success;
 * - from one network for all users: `perAddress`. A success forgets nothing here, or an attacker
 *   would clear it with an account of his own;
 * - of one user from everywhere: ten times `perUser` (NIST SP 800-63B-4 §3.2.2 wants at most 100),
 *   forgotten at a success. Networks where this user got in before are exempt: many machines that
 *   guess at one person keep strangers out, and the person at their usual place does not notice.
 *
 * The counters are read before the hash and written after it; guesses that pass the first look
 * together learn nothing from the answers beyond the limit, since right and wrong look the same.
 */
export function createLoginThrottle(deps: Deps): LoginThrottle {
  const counters = countersOf(deps)
  const keysOf = ({ username, address }: Attempt): Keys => {
    const from = networkOf(address)
    const key = (value: string) =>
      deps.serverKeys.lookupHash('login-throttle', value).toString('base64url')
    return { user: key(`${from} ${username}`), network: key(from), everywhere: key(username) }
  }

  return {
    check: (attempt) => longestWait(counters, keysOf(attempt), waitOf),
    fail: (attempt) => longestWait(counters, keysOf(attempt), waitAfterFailure),
    pass: (attempt) => passOrWait(counters, keysOf(attempt)),
  }
}

function countersOf({ limiter, throttle: { perUser, perAddress } }: Deps): Counters {
  const make = (keyPrefix: string, points: number, duration: number) =>
    limiter({ keyPrefix, points, duration })

  return {
    user: make('login-user', perUser.points, perUser.window),
    network: make('login-network', perAddress.points, perAddress.window),
    everywhere: make('login-everywhere', perUser.points * EVERYWHERE, perUser.window),
    known: make('login-known', 1, KNOWN_FOR),
  }
}

async function longestWait(
  { user, network, everywhere, known }: Counters,
  keys: Keys,
  wait: (limiter: Limiter, key: string) => Promise<number>,
): Promise<number> {
  const [mine, here, away] = await Promise.all([
    wait(user, keys.user),
    wait(network, keys.network),
    wait(everywhere, keys.everywhere),
  ])
  const near = Math.max(mine, here)
  return away > near && !(await known.get(keys.user)) ? away : near
}

async function waitOf(limiter: Limiter, key: string): Promise<number> {
  return waitFrom(await limiter.get(key), limiter.points)
}

async function waitAfterFailure(limiter: Limiter, key: string): Promise<number> {
  return waitFrom(await limiter.penalty(key), limiter.points + 1)
}

async function passOrWait({ user, everywhere, known }: Counters, keys: Keys): Promise<number> {
  const [mine, all, before] = await Promise.all([
    user.get(keys.user),
    everywhere.get(keys.everywhere),
    known.get(keys.user),
  ])
  const wait = Math.max(waitFrom(mine, user.points), before ? 0 : waitFrom(all, everywhere.points))
  if (wait > 0) return wait

  await Promise.all([
    mine && user.delete(keys.user),
    all && everywhere.delete(keys.everywhere),
    seconds(before) < KNOWN_AGAIN_BELOW && known.set(keys.user, 0, KNOWN_FOR),
  ])
  return 0
}

function waitFrom(standing: Standing | null, points: number): number {
  return standing && standing.consumedPoints >= points ? Math.max(1, seconds(standing)) : 0
}

function seconds(standing: Standing | null): number {
  return standing ? Math.ceil(standing.msBeforeNext / 1000) : 0
}
