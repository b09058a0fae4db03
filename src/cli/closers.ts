/** What was opened so far, to be closed in reverse order also when the next thing does not open. */
export function createClosers() {
  const closers: (() => Promise<void>)[] = []
  return {
    add: (close: () => Promise<void>): void => {
      closers.push(close)
    },
    /** Closes all of it even if some of it fails; then throws the first failure. */
    closeAll: async (): Promise<void> => {
      const failures: unknown[] = []
      for (const close of closers.splice(0).reverse())
        await close().catch((error: unknown) => failures.push(error))
      if (failures.length > 0) throw failures[0]
    },
  }
}
