import { DomainError } from '../errors.ts'

/** `owner` is whoever the work is done for: one network, one job. */
export type HashQueue = <T>(work: () => Promise<T>, owner?: string) => Promise<T>

/** Two seconds of waiting at 20 ms a hash; who stands further back would have given up anyway. */
const WAITING_FOR_EACH = 100

/** What part of the places one owner may hold: the rest stays open to everybody else. */
const SHARE = 1 / 4

/**
 * Runs at most `atOnce` works at a time and refuses when too many already wait, in all or of one
 * owner; the owners take turns.
 *
 * Hashing runs on the four threads that files, DNS and WebCrypto use as well: without a bound, a
 * burst of logins would stop the whole server, and without an end to the line it would fill memory.
 * Without turns, one address with one right password would keep everybody else out.
 */
export function createHashQueue(atOnce: number): HashQueue {
  const most = atOnce * WAITING_FOR_EACH
  const lines = new Map<string, (() => void)[]>()
  let waiting = 0
  let running = 0

  async function enter(owner: string): Promise<void> {
    if (running < atOnce) {
      running += 1
      return
    }
    const line = lines.get(owner) ?? []
    if (waiting >= most || line.length >= most * SHARE)
      throw new DomainError('unavailable', 'too many passwords wait', { retryAfter: 2 })
    waiting += 1
    lines.set(owner, line)
    await new Promise<void>((resolve) => line.push(resolve))
  }

  // The place goes straight to the next in line: a newcomer must not slip in between.
  function leave(): void {
    const [next] = lines
    if (!next) {
      running -= 1
      return
    }
    const [owner, line] = next
    const enterNow = line.shift()
    waiting -= 1
    // To the end of the round, or out of it.
    lines.delete(owner)
    if (line.length > 0) lines.set(owner, line)
    enterNow?.()
  }

  return async (work, owner = '') => {
    await enter(owner)
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
