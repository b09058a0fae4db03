import type { Sql } from '../database/sql.ts'
import { type ListedSession, type SessionFilter, selectLiveSessions } from './list-store.ts'

export type { ListedSession } from './list-store.ts'

const MOST = 1_000

/** The sessions that may be used now, the youngest first, as an operator asks for them. */
export function listSessions(
  db: Sql,
  filter: Partial<SessionFilter> = {},
): Promise<readonly ListedSession[]> {
  const { userId = null, workspaceId = null, limit = 100 } = filter
  return selectLiveSessions(db, { userId, workspaceId, limit: Math.min(limit, MOST) })
}
