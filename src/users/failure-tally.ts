import { appendEntry } from '../audit/append-entry.ts'
import type { Sql } from '../database/sql.ts'

/** Why a try to log in has no entry of its own. */
export type Uncounted = 'throttled' | 'unknown_user'

/** Keeps strangers from filling the audit: what they can do without end is counted, not written. */
export interface FailureTally {
  /** Whether one more failure at a name that is nobody's gets an entry of its own. */
  admitsUnknown(): boolean
  count(why: Uncounted): void
  /** Writes what was counted as one entry, and begins anew. */
  flush(): Promise<void>
}

/** Seconds between two entries about what was counted. */
export const TALLY_WINDOW = 900
/** Of one process in a window: enough to see what is tried, too few to fill a disk. */
const ENTRIES = 300

interface Options {
  readonly db: Sql
  readonly entries?: number
}

export function createFailureTally({ db, entries = ENTRIES }: Options): FailureTally {
  let admitted = 0
  let counted = { throttled: 0, unknown_user: 0 }

  return {
    admitsUnknown: () => ++admitted <= entries,
    count: (why) => {
      counted[why] += 1
    },
    async flush() {
      const detail = counted
      admitted = 0
      counted = { throttled: 0, unknown_user: 0 }
      if (detail.throttled + detail.unknown_user === 0) return
      await appendEntry(db, {
        action: 'user.authentication_failures_counted',
        actor: { kind: 'system' },
        subject: { kind: 'user', id: 'many' },
        detail,
      })
    },
  }
}
