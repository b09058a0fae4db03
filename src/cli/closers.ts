export interface Closers {
  add(close: () => Promise<void>): void
  /** Closes all of it, even where some of it fails; then throws the first failure. */
  closeAll(): Promise<void>
}

/** What was opened so far, to be closed in reverse order, also when the next thing does not open. */
export function createClosers(): Closers {
  const closers: (() => Promise<void>)[] = []
  return {
    add: (close) => {
      closers.push(close)
    },
    closeAll: async () => {
      const failures: unknown[] = []
      for (const close of closers.splice(0).reverse())
        await close().catch((error: unknown) => failures.push(error))
      if (failures.length > 0) throw failures[0]
    },
  }
}
