import { Redacted } from '../../src/lib/redacted.ts'

/** A pool for one test. */
export const SMALL = {
  poolSize: 10,
  queueLimit: 200,
  queueTimeout: 5,
  statementTimeout: 15,
  lockTimeout: 5,
} as const

/** A log for those who need one and of whom nobody asks anything. */
export const QUIET = {
  info: () => undefined,
  warn: () => undefined,
}

/** The address of another database on the same server. */
export function addressOf(url: string, database: string): Redacted<string> {
  return new Redacted(url.replace(/\/[^/?]*(\?|$)/, `/${database}$1`))
}
