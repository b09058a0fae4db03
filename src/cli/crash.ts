import type { Log } from '../log.ts'

/**
 * Ends the process when something was thrown that nobody caught: what it left half-done is not
 * known, and the runtime's own report would print values that the log takes out.
 */
export function exitOnCrash(log: Log): void {
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'crashed')
    process.exit(1)
  }
  process.once('uncaughtException', crash)
  process.once('unhandledRejection', crash)
}
