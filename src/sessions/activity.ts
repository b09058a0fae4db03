import type { Db } from '../database/transaction.ts'
import type { SessionId } from '../ids.ts'
import { touchSessions } from './activity-store.ts'
import type { CheckedSession } from './session.ts'

/** Seconds between two writes; with their irregularity, a crash loses less than five. */
export const FLUSH_SECONDS = 4

const BATCH = 1000

/** Seconds left of its idle time within which a use is written at once: it may be asked about next. */
const CLOSE = 3 * FLUSH_SECONDS

/** Remembers when sessions were last used and writes it behind, many at a time. */
export interface Activity {
  /** `at` is the database's time, as the check that let the use through has read it. */
  seen(id: SessionId, at: Date): void
  /** The same of a session that was read whole, whose use must not come after its idle end. */
  used(session: UsedSession): void
  flush(): Promise<void>
}

export type UsedSession = Pick<CheckedSession, 'id' | 'readAt' | 'lastSeenAt' | 'idleTimeout'>

/** A use counts when its request succeeded; a crash loses at most the last seconds. */
export function createActivity(deps: { readonly db: Db }): Activity {
  let pending = new Map<SessionId, Date>()
  let isSoon = false

  function seen(id: SessionId, at: Date): void {
    const known = pending.get(id)
    if (!known || known < at) pending.set(id, at)
  }

  async function flush(): Promise<void> {
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
  }

  function flushSoon(): void {
    if (isSoon) return
    isSoon = true
    setImmediate(() => {
      isSoon = false
      void flush().catch(() => undefined)
    })
  }

  return {
    seen,
    used(session) {
      seen(session.id, session.readAt)
      const idleEnd = session.lastSeenAt.getTime() + session.idleTimeout * 1000
      if (idleEnd - session.readAt.getTime() < CLOSE * 1000) flushSoon()
    },
    flush,
  }
}
