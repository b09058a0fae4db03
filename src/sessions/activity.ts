import type { Db } from '../database/transaction.ts'
import type { SessionId } from '../ids.ts'
import { touchSessions } from './activity-store.ts'

/** Seconds between two writes; what a crash can lose. */
export const FLUSH_SECONDS = 5

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
  return {
    seen(id, at) {
      const known = pending.get(id)
      if (!known || known < at) pending.set(id, at)
    },
    async flush() {
      const taken = pending
      pending = new Map()
      const ordered = [...taken].sort(([a], [b]) => (a < b ? -1 : 1))
      for (let from = 0; from < ordered.length; from += BATCH)
        await touchSessions(deps.db, new Map(ordered.slice(from, from + BATCH)))
    },
  }
}
