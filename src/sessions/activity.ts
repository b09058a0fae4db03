import type { Db } from '../database/transaction.ts'
import type { SessionId } from '../ids.ts'
import { touchSessions } from './activity-store.ts'

/** Seconds between two writes; with their irregularity, a crash loses less than five. */
export const FLUSH_SECONDS = 4

const BATCH = 1000

/** Remembers when sessions were last used and writes it behind, many at a time. */
export interface Activity {
  /** `at` is the database's time, as the check that let the use through has read it. */
  seen(id: SessionId, at: Date): void
  flush(): Promise<void>
}

/** A use counts when its request succeeded; a crash loses at most the last seconds. */
export function createActivity(deps: { readonly db: Db }): Activity {
  let pending = new Map<SessionId, Date>()

  function seen(id: SessionId, at: Date): void {
    const known = pending.get(id)
    if (!known || known < at) pending.set(id, at)
  }

  return {
    seen,
    async flush() {
      const taken = [...pending]
      pending = new Map()
      try {
        while (taken.length > 0) {
          await touchSessions(deps.db, new Map(taken.slice(0, BATCH)))
          taken.splice(0, BATCH)
        }
      } finally {
        // What could not be written goes with the next flush.
        for (const [id, at] of taken) seen(id, at)
      }
    },
  }
}
