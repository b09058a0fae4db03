import type { LimiterOptions } from '../../database/limiter.ts'
import type { UserId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'

/** What is used of a limiter of rate-limiter-flexible. */
interface Limiter {
  readonly points: number
  get(key: string): Promise<Standing | null>
  penalty(key: string): Promise<Standing>
  reward(key: string): Promise<Standing>
  delete(key: string): Promise<boolean>
}

interface Standing {
  readonly consumedPoints: number
  readonly msBeforeNext: number
}

interface Deps {
  readonly limiter: (options: LimiterOptions) => Limiter
  readonly serverKeys: Pick<ServerKeys, 'lookupHash'>
  readonly throttle: {
    readonly perUser: { readonly points: number; readonly window: number }
  }
}

export interface FactorThrottle {
  /** Takes one try, before anything is verified; more than 0 are the seconds to wait instead. */
  take(userId: UserId): Promise<number>
  /** Gives the try back: it was right. */
  pass(userId: UserId): Promise<void>
}

const DAY = 86_400
const DAYS_WORTH = 3

/**
 * Slows down who guesses at codes. Only who has shown the password comes here, so this locks nobody
 * out but the owner of a password that is known to a thief.
 *
 * Each try is counted before it is judged: of many at once, no more are judged than the limit. The
 * count of the day is not forgotten at a success, or the owner's own logins would give a thief who
 * guesses in their shadow a fresh start each time: 30 tries a day at 3 codes in a million.
 */
export function createFactorThrottle({ limiter, serverKeys, throttle }: Deps): FactorThrottle {
  const { points, window } = throttle.perUser
  const near = limiter({ keyPrefix: 'factor-user', points, duration: window })
  const far = limiter({ keyPrefix: 'factor-day', points: points * DAYS_WORTH, duration: DAY })
  const keyOf = (userId: UserId) =>
    serverKeys.lookupHash('factor-throttle', userId).toString('base64url')

  return {
    take: async (userId) => {
      const key = keyOf(userId)
      const [before, ofDay] = await Promise.all([near.get(key), far.get(key)])
      const wait = Math.max(waitFrom(before, points), waitFrom(ofDay, far.points))
      if (wait > 0) return wait
      const [now, today] = await Promise.all([near.penalty(key), far.penalty(key)])
      return Math.max(waitFrom(now, points + 1), waitFrom(today, far.points + 1))
    },
    pass: async (userId) => {
      const key = keyOf(userId)
      await Promise.all([near.delete(key), far.reward(key)])
    },
  }
}

function waitFrom(standing: Standing | null, points: number): number {
  if (!standing || standing.consumedPoints < points) return 0
  return Math.max(1, Math.ceil(standing.msBeforeNext / 1000))
}
