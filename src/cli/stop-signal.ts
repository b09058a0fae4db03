/** `npm start` hands on what the terminal has sent already: one Ctrl-C arrives twice. */
const SAME_PRESS = 1_000

/** Resolves at the first request to stop; `force` is called when somebody asks again. */
export function stopSignal(force: () => void): { readonly asked: Promise<void>; release(): void } {
  const first = Promise.withResolvers<void>()
  let since: number | null = null

  function heard(): void {
    if (since === null) {
      since = performance.now()
      first.resolve()
    } else if (performance.now() - since > SAME_PRESS) force()
  }

  process.on('SIGINT', heard)
  process.on('SIGTERM', heard)
  return {
    asked: first.promise,
    release: () => {
      process.off('SIGINT', heard)
      process.off('SIGTERM', heard)
    },
  }
}
