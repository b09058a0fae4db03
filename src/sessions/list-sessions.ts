import type { Sql } from '../database/sql.ts'
import type { SessionId, UserId, WorkspaceId } from '../ids.ts'
import { type ListedSession, readListed } from './list-store.ts'
import { selectPage } from './manager/page-store.ts'

export type { ListedSession } from './list-store.ts'

export interface SessionFilter {
  readonly userId: UserId | null
  readonly workspaceId: WorkspaceId | null
  readonly limit: number
}

const MOST = 1_000
const PAGE = 200

/** The sessions that may be used now, the youngest first, as an operator asks for them. */
export async function listSessions(
  db: Sql,
  filter: Partial<SessionFilter> = {},
): Promise<readonly ListedSession[]> {
  const limit = Math.min(filter.limit ?? 100, MOST)
  const listed: ListedSession[] = []
  let after: SessionId | null = null
  // What time has ended and nothing has marked yet is left out of a page, so one may not be enough.
  while (listed.length < limit) {
    const ids = await selectPage(db, { filter: pageFilter(filter), after, limit: PAGE })
    const known = await readListed(db, ids)
    listed.push(...ids.flatMap((id) => known.get(id) ?? []))
    if (ids.length < PAGE) break
    after = ids.at(-1) ?? null
  }
  return listed.slice(0, limit)
}

function pageFilter({ userId = null, workspaceId = null }: Partial<SessionFilter>) {
  return {
    workspaceIds: workspaceId && [workspaceId],
    userId,
    clientId: null,
    addressHash: null,
    state: 'live',
  } as const
}
