/** The attempts that this process makes now, and at which hosts. */
export interface Underway {
  readonly size: number
  /** One for each attempt. */
  hosts(): readonly string[]
  add(host: string, attempt: Promise<void>): void
  /** Resolves when all of them are over. */
  settled(): Promise<void>
}

/** `ended` hears of the end of each attempt, with the error of one that broke. */
export function createUnderway(ended: (error?: unknown) => void): Underway {
  const attempts = new Map<Promise<void>, string>()

  return {
    get size() {
      return attempts.size
    },
    hosts: () => [...attempts.values()],
    add: (host, attempt) => {
      const over = (error?: unknown) => {
        attempts.delete(tracked)
        ended(error)
      }
      const tracked = attempt.then(() => over(), over)
      attempts.set(tracked, host)
    },
    settled: async () => {
      while (attempts.size > 0) await Promise.all(attempts.keys())
    },
  }
}
