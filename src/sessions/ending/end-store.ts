import type { SealedContext } from '../../audit/append-entry.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import type { LoginId, SessionId, UserId, WorkspaceId } from '../../ids.ts'
import type { Refusal, SessionKind } from '../session.ts'

export interface EndedSession {
  readonly id: SessionId
  readonly kind: SessionKind
  readonly workspaceId: WorkspaceId
  readonly userId: UserId | null
  readonly loginId: LoginId | null
  /** Why it ended, as it stands on the row. */
  readonly cause: string
}

interface EndedRow {
  readonly id: SessionId
  readonly kind: SessionKind
  readonly workspace_id: WorkspaceId
  readonly user_id: UserId | null
  readonly login_id: LoginId | null
}

/**
 * The whole end of sessions in one statement: mark, destroy the key, close grants, drop codes,
 * bar the way back, tell the feed, the audit and every client that ever got a code. A session that
 * has ended before is left alone, so nothing here happens twice.
 */
const END: Statement = {
  name: 'sessions_end',
  text: `
    WITH ended AS (
      UPDATE session s SET ended_at = clock_timestamp(), end_cause = $2, secret_wrapped = NULL,
        context_sealed = NULL, epoch_id = NULL
      WHERE s.id = ANY($1::uuid[]) AND s.ended_at IS NULL AND ($9::text IS NULL
        OR $9 = (SELECT c.refusal FROM session_check c WHERE c.session_id = s.id))
      RETURNING s.id, s.kind, s.workspace_id, s.user_id, s.login_id, s.ended_at AS t),
    grants AS (
      UPDATE "grant" g SET ended_at = e.t, end_cause = $2 FROM ended e
      WHERE g.session_id = e.id AND g.ended_at IS NULL),
    codes AS (DELETE FROM artifact a USING ended e WHERE a.session_id = e.id),
    barred AS (
      INSERT INTO login_barrier (login_id, workspace_id, after)
      SELECT e.login_id, e.workspace_id, MAX(e.t) FROM ended e WHERE e.login_id IS NOT NULL AND $3
      GROUP BY e.login_id, e.workspace_id
      ON CONFLICT (login_id, workspace_id)
        DO UPDATE SET after = GREATEST(login_barrier.after, EXCLUDED.after)),
    told AS (
      INSERT INTO delivery (id, session_id, client_id, user_id, next_attempt_at, created_at)
      SELECT gen_random_uuid(), e.id, p.client_id, e.user_id, e.t, e.t
      FROM ended e JOIN participant p ON p.session_id = e.id
      JOIN client c ON c.id = p.client_id AND c.metadata ? 'backchannel_logout_uri'
      ON CONFLICT (session_id, client_id) DO NOTHING),
    fed AS (
      INSERT INTO feed_record (kind, subject, workspace_id, cause, at)
      SELECT 'session.ended', e.id, e.workspace_id, $2, e.t FROM ended e),
    written AS (
      INSERT INTO entry (id, action, actor_kind, actor_id, subject_kind, subject_id,
        workspace_id, detail, audit_key_id, context_sealed, at)
      SELECT gen_random_uuid(), 'session.ended', $4, $5, 'session', e.id, e.workspace_id,
        $6::jsonb || jsonb_build_object('cause', $2::text), $7::uuid, $8::bytea, e.t FROM ended e)
    SELECT id, kind, workspace_id, user_id, login_id FROM ended`,
}

function locking(name: string, where: string, how = 'ORDER BY id LIMIT 500 FOR UPDATE'): Statement {
  return { name, text: `SELECT id FROM session WHERE ended_at IS NULL AND ${where} ${how}` }
}

const IN_PASSING = 'LIMIT 500 FOR UPDATE SKIP LOCKED'

/** Made before the database began its present life, whose name is the first value. */
export const OF_EARLIER_LIFE = `created_at <=
  (SELECT incarnated_at FROM instance WHERE incarnation = $1)`

// In the order of identifiers, so that two ends of many never wait for each other in a circle.
const LOCKS = {
  ids: locking('sessions_lock_ids', 'id = ANY($1::uuid[])'),
  logins: locking('sessions_lock_logins', "login_id = ANY($1::uuid[]) AND kind = 'login'"),
  // Only what a gate was closed on: whoever came in after it stays in.
  user: locking(
    'sessions_lock_user',
    `user_id = $1 AND kind <> 'offline' AND created_at <=
      COALESCE((SELECT ended_before FROM "user" WHERE id = $1), 'infinity')`,
  ),
  userAndOffline: locking(
    'sessions_lock_user_all',
    `user_id = $1 AND created_at <=
      COALESCE((SELECT CASE WHEN session.kind = 'offline' THEN u.offline_ended_before
        ELSE u.ended_before END FROM "user" u WHERE u.id = $1), 'infinity')`,
  ),
  workspace: locking(
    'sessions_lock_workspace',
    `workspace_id = $1 AND created_at <=
      COALESCE((SELECT ended_before FROM workspace WHERE id = $1), 'infinity')`,
  ),
  incarnation: locking('sessions_lock_incarnation', OF_EARLIER_LIFE),
  idle: locking(
    'sessions_lock_idle',
    'last_seen_at + make_interval(secs => idle_timeout + $1) <= statement_timestamp()',
    IN_PASSING,
  ),
  absolute: locking(
    'sessions_lock_absolute',
    'absolute_end_at + make_interval(secs => $1) <= statement_timestamp()',
    IN_PASSING,
  ),
} as const

export type Chosen =
  | { readonly by: 'ids'; readonly value: readonly SessionId[] }
  | { readonly by: 'logins'; readonly value: readonly LoginId[] }
  | { readonly by: 'user' | 'userAndOffline'; readonly value: UserId }
  | { readonly by: 'workspace'; readonly value: WorkspaceId }
  | { readonly by: 'idle' | 'absolute'; readonly value: number }
  | { readonly by: 'incarnation'; readonly value: string }

export interface EndOptions {
  readonly cause: string
  /** Whether entering the workspace again in the same login needs a fresh proof. */
  readonly bars: boolean
  readonly actorKind: string
  readonly actorId: string | null
  readonly detail: object
  readonly context: SealedContext | null
  /** Ends only what is still refused for this reason once it is locked. */
  readonly onlyIf?: Refusal
}

/**
 * Locks first, then ends, in two statements: what a request committed while the lock was awaited
 * (a grant, a client that got a code) is seen only by a statement that starts after it.
 */
export async function endChosen(tx: Sql, chosen: Chosen, options: EndOptions) {
  const locked = await tx.query<{ id: SessionId }>(LOCKS[chosen.by], [chosen.value])
  if (locked.length === 0) return []
  const rows = await tx.query<EndedRow>(END, [
    locked.map(({ id }) => id),
    options.cause,
    options.bars,
    options.actorKind,
    options.actorId,
    JSON.stringify(options.detail),
    options.context?.keyId ?? null,
    options.context?.bytes ?? null,
    options.onlyIf ?? null,
  ])
  return rows.map(
    (row): EndedSession => ({
      id: row.id,
      kind: row.kind,
      workspaceId: row.workspace_id,
      userId: row.user_id,
      loginId: row.login_id,
      cause: options.cause,
    }),
  )
}
