import type { Sql } from '../database/sql.ts'
import type { LoginId, SessionId } from '../ids.ts'
import type { CheckedSession } from './session.ts'
import { liveSessionsOfLogin } from './session-store.ts'
import { recentOfLogin } from './sessions-of-store.ts'

/** The sessions that a login holds open, the oldest first. */
export function sessionsOfLogin(db: Sql, id: LoginId): Promise<CheckedSession[]> {
  return liveSessionsOfLogin(db, id)
}

/** What a browser with two tabs may still believe to be open. */
const RECENT = 600

/** The same and those that have ended a moment ago, since an application may not know of that yet. */
export function recentSessionsOfLogin(db: Sql, id: LoginId): Promise<SessionId[]> {
  return recentOfLogin(db, id, RECENT)
}
