/** Values that are forgotten by themselves. */
export interface Expiring<T> {
  readonly set: (key: string, value: T) => void
  readonly get: (key: string) => T | undefined
  /** Gives a value and forgets it: of two who ask, one gets it. */
  readonly take: (key: string) => T | undefined
  readonly delete: (key: string) => void
  readonly values: () => T[]
}

/** Keeps each value for `lifetime` milliseconds, and the newest `limit` at most: a flood cannot fill the memory. */
export function createExpiring<T>(bounds: {
  readonly lifetime: number
  readonly limit: number
}): Expiring<T> {
  const entries = new Map<string, { readonly value: T; readonly until: number }>()

  return {
    set: (key, value) => {
      entries.delete(key)
      entries.set(key, { value, until: Date.now() + bounds.lifetime })
      forgetOldest()
    },
    get: (key) => live(key),
    take: (key) => {
      const value = live(key)
      entries.delete(key)
      return value
    },
    delete: (key) => void entries.delete(key),
    values: () => {
      forgetOldest()
      return [...entries.values()].map(({ value }) => value)
    },
  }

  function live(key: string): T | undefined {
    const entry = entries.get(key)
    return entry && entry.until > Date.now() ? entry.value : undefined
  }

  /** A map keeps the order of insertion, which is the order of expiry as all live equally long. */
  function forgetOldest(): void {
    for (const [key, { until }] of entries) {
      if (until > Date.now() && entries.size <= bounds.limit) return
      entries.delete(key)
    }
  }
}
