import { type Cursor, readCommitted } from '../database/commit-order.ts'
import type { Sql } from '../database/sql.ts'
import type { WorkspaceId } from '../ids.ts'

/** One thing that ended, as followers hear of it. */
export interface FeedRecord {
  readonly cursor: Cursor
  /** What happened, as audit actions are named: `session.ended`, … */
  readonly kind: string
  /** Its uuid. */
  readonly subject: string
  readonly workspaceId: WorkspaceId | null
  readonly cause: string | null
  readonly at: Date
}

interface Row extends Cursor {
  readonly kind: string
  readonly subject: string
  readonly workspace_id: WorkspaceId | null
  readonly cause: string | null
  readonly at: Date
}

/** The next records in commit order: whoever goes on from the last one's cursor misses none, ever. */
export async function readFeed(
  db: Sql,
  after: Cursor | null,
  limit: number,
): Promise<readonly FeedRecord[]> {
  const rows = await readCommitted<Row>(db, 'feed_record', after, limit)
  return rows.map(({ xid, id, workspace_id, kind, subject, cause, at }) => {
    return { cursor: { xid, id }, kind, subject, workspaceId: workspace_id, cause, at }
  })
}
