import { DomainError } from '../errors.ts'

export type HashQueue = <T>(work: () => Promise<T>) => Promise<T>

/** Two seconds of waiting at 20 ms a hash; who stands further back would have given up anyway. */
const WAITING_FOR_EACH = 100

/**
 * Runs at most `atOnce` works at a time, in order, and refuses when too many already wait.
 *
 * Hashing runs on the four threads that files, DNS and WebCrypto use as well: without a bound, a
 * burst of logins would stop the whole server, and without an end to the line it would fill memory.
 */
export function createHashQueue(atOnce: number): HashQueue {
  const most = atOnce * WAITING_FOR_EACH
  const waiting: (() => void)[] = []
  let running = 0

  async function enter(): Promise<void> {
    if (running < atOnce) {
      running += 1
      return
    }
    if (waiting.length >= most)
      throw new DomainError('unavailable', 'too many passwords wait', { retryAfter: 2 })
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  // The place goes straight to the next in line: a newcomer must not slip in between.
  function leave(): void {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }

  return async (work) => {
    await enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
