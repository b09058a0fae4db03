import { isConfidential } from '../clients/client.ts'
import type { Throttle } from '../config/config.ts'
import type { RequestState } from './request-state.ts'

/** Counts what strangers have us keep, by network. */
export interface Strangers {
  /** Counts one more row; the seconds to wait where it is one too many, else 0. */
  wait(network: string): number
}

interface Count {
  points: number
  readonly endsAt: number
}

/** Networks that are remembered. */
const MOST = 10_000

/**
 * Limits how much one network can have us keep, in memory: a statement for each would cost what the
 * limit is to spare, and a limit at each process bounds the rows as well.
 *
 * Whoever has more networks than are remembered is forgotten, oldest first; the memory stays bounded
 * and nobody is refused for what others do.
 */
export function createStrangers(
  { points, window }: Throttle,
  { most = MOST, now = () => performance.now() } = {},
): Strangers {
  const counts = new Map<string, Count>()
  return {
    wait: (network) => {
      const count = current(counts.get(network), now(), window)
      // The oldest window stands first, and is the first to go.
      if (count.points === 0) counts.delete(network)
      if (count.points === 0) counts.set(network, count)
      if (counts.size > most) counts.delete(counts.keys().next().value ?? '')
      count.points = Math.min(count.points + 1, points + 1)
      return count.points > points ? Math.max(1, Math.ceil((count.endsAt - now()) / 1000)) : 0
    },
  }
}

function current(count: Count | undefined, now: number, window: number): Count {
  return count && count.endsAt > now ? count : { points: 0, endsAt: now + window * 1000 }
}

/**
 * Whether the request would leave a row for somebody who proved nothing: a person without a login,
 * or a client that has no secret and no key. A confidential client that pushes does so for many people.
 */
export function isStranger({ writes, clients, cookie }: RequestState): boolean {
  return writes.some(({ artifact }) => {
    if (artifact === 'Interaction') return cookie === null
    if (artifact !== 'PushedAuthorizationRequest') return false
    return ![...clients.values()].some(({ metadata }) => isConfidential(metadata))
  })
}
