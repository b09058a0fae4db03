/** Where text goes in the end: a terminal, a file, a pipe. */
interface Target {
  write(text: string): unknown
}

export interface Bursts extends Target {
  /** Writes what is held back, before the process may be gone. */
  flushSync(): void
}

/** Milliseconds for which lines are held back; what a killed process can lose. */
const PAUSE = 20
/** Characters that are held back at most. */
const MOST = 64 * 1024

/**
 * Writes a line at once, and those that follow within a moment together: under load a call of the
 * system for each line costs more than all else that is done for it.
 */
export function inBursts(target: Target): Bursts {
  let held = ''
  let pause: NodeJS.Timeout | null = null

  function flushSync(): void {
    const text = held
    held = ''
    if (text !== '') target.write(text)
  }

  function goOn(): void {
    const isQuiet = held === ''
    flushSync()
    if (!isQuiet) return void pause?.refresh()
    pause = null
    process.off('exit', flushSync)
  }

  return {
    write(line) {
      held += line
      if (pause === null) {
        flushSync()
        // Nothing waits for it: whoever leaves by themselves flushes on the way out.
        pause = setTimeout(goOn, PAUSE).unref()
        process.on('exit', flushSync)
      } else if (held.length > MOST) flushSync()
    },
    flushSync,
  }
}
