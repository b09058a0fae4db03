import type { Sql, Statement } from '../../database/sql.ts'
import type { UserId, WorkspaceId } from '../../ids.ts'

// The row is locked before the clock is read: who holds it is letting somebody in, and what they
// begin must be older than the gate.
const CLOSE_USER: Statement = {
  name: 'user_close_gate',
  text: `
    WITH held AS MATERIALIZED (SELECT id FROM "user" WHERE id = $1 FOR NO KEY UPDATE),
    closed AS (
      UPDATE "user" u SET ended_before = clock_timestamp(),
        offline_ended_before = CASE WHEN $2 THEN clock_timestamp() ELSE offline_ended_before END
      FROM held WHERE u.id = held.id RETURNING u.id, u.ended_before)
    INSERT INTO feed_record (kind, subject, cause, at)
    SELECT 'user.ended', id, $3, ended_before FROM closed`,
}

/** From this commit on, nothing that the person began before is accepted anywhere. */
export async function closeUserGate(
  db: Sql,
  userId: UserId,
  how: { readonly cause: string; readonly reaches: 'all' | 'all but offline' },
): Promise<void> {
  await db.execute(CLOSE_USER, [userId, how.reaches === 'all', how.cause])
}

const CLOSE_WORKSPACE: Statement = {
  name: 'workspace_close_gate',
  text: `
    WITH held AS MATERIALIZED (SELECT id FROM workspace WHERE id = $1 FOR NO KEY UPDATE),
    closed AS (
      UPDATE workspace w SET ended_before = clock_timestamp()
      FROM held WHERE w.id = held.id RETURNING w.id, w.ended_before)
    INSERT INTO feed_record (kind, subject, workspace_id, at)
    SELECT 'workspace.ended', id, id, ended_before FROM closed`,
}

export async function closeWorkspaceGate(db: Sql, workspaceId: WorkspaceId): Promise<void> {
  await db.execute(CLOSE_WORKSPACE, [workspaceId])
}

// A minute is for whoever closed it to clear up behind it; a day is more than any process is away.
const LATELY = `ended_before BETWEEN statement_timestamp() - interval '1 day'
  AND statement_timestamp() - interval '1 minute'`

// The cause is in the entry that was written with the gate.
const UNCLEARED_USERS: Statement = {
  name: 'user_gates_uncleared',
  text: `
    SELECT u.id, e.detail->>'cause' AS cause FROM "user" u,
      LATERAL (SELECT detail FROM entry WHERE subject_id = u.id::text AND action = 'user.ended'
        ORDER BY at DESC LIMIT 1) e
    WHERE u.${LATELY} AND (
      EXISTS (SELECT FROM session s WHERE s.user_id = u.id AND s.ended_at IS NULL AND s.created_at
        <= CASE WHEN s.kind = 'offline' THEN u.offline_ended_before ELSE u.ended_before END)
      OR EXISTS (SELECT FROM login l WHERE l.user_id = u.id AND l.ended_at IS NULL
        AND l.created_at <= u.ended_before))
    LIMIT 100`,
}

export function unclearedUsers<Cause extends string>(
  db: Sql,
): Promise<readonly { readonly id: UserId; readonly cause: Cause }[]> {
  return db.query(UNCLEARED_USERS)
}

const UNCLEARED_WORKSPACES: Statement = {
  name: 'workspace_gates_uncleared',
  text: `
    SELECT w.id FROM workspace w
    WHERE w.${LATELY} AND EXISTS (SELECT FROM session s WHERE s.workspace_id = w.id
      AND s.ended_at IS NULL AND s.created_at <= w.ended_before)
    LIMIT 100`,
}

export function unclearedWorkspaces(db: Sql): Promise<readonly { readonly id: WorkspaceId }[]> {
  return db.query(UNCLEARED_WORKSPACES)
}
