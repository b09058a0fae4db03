import type { Sql, Statement } from '../../database/sql.ts'
import type { Policy } from '../../decisions/policy.ts'
import type { PolicyLevel } from '../../decisions/policy-level.ts'
import type { SessionId } from '../../ids.ts'

/** Of the limits of a policy, those that stand on the session's row; null where it has none. */
export interface RowLimits {
  readonly idleTimeout: number | null
  readonly maxDuration: number | null
  readonly absoluteTimeout: number | null
}

const AUTHENTICATED = `COALESCE((SELECT l.auth_time FROM login l WHERE l.id = s.login_id),
  s.auth_time, s.created_at)`

// LEAST leaves out what is null: a rule that is not there limits nothing.
const END = `LEAST(s.absolute_end_at, s.created_at + make_interval(secs => $2),
  ${AUTHENTICATED} + make_interval(secs => $3))`

/** Which running sessions a policy of a level is about; `$4` is whom the policy names. */
const ABOUT: Readonly<Record<PolicyLevel, string>> = {
  server: `$4 = ''`,
  workspace: `s.workspace_id::text = $4`,
  client: `(s.client_id::text = $4
    OR EXISTS (SELECT FROM participant p WHERE p.session_id = s.id AND p.client_id::text = $4))`,
  role: `EXISTS (SELECT FROM membership m WHERE m.user_id = s.user_id
    AND m.workspace_id = s.workspace_id AND m.workspace_id::text = split_part($4, '/', 1)
    AND split_part($4, '/', 2) = ANY(m.roles))`,
  acr: `COALESCE((SELECT l.acr FROM login l WHERE l.id = s.login_id), s.acr) = $4`,
}

/**
 * Each row is locked before it is changed and judged again then: a tightening that races an end
 * leaves the ended session as it is. Offline sessions have limits of their own.
 */
function tightening(level: PolicyLevel): Statement {
  return {
    name: `sessions_tighten_${level}`,
    text: `
      WITH chosen AS MATERIALIZED (
        SELECT s.id, ${END} AS ends FROM session s
        WHERE s.ended_at IS NULL AND s.kind <> 'offline' AND ${ABOUT[level]}
          AND (s.idle_timeout > $1 OR s.absolute_end_at > ${END})
        ORDER BY s.id LIMIT 500 FOR NO KEY UPDATE OF s SKIP LOCKED),
      tightened AS (
        UPDATE session s SET idle_timeout = LEAST(s.idle_timeout, $1), absolute_end_at = c.ends,
          token_end_at = LEAST(s.token_end_at, c.ends)
        FROM chosen c WHERE s.id = c.id AND s.ended_at IS NULL RETURNING s.id, s.workspace_id),
      written AS (
        INSERT INTO entry (id, action, actor_kind, subject_kind, subject_id, workspace_id, detail, at)
        SELECT gen_random_uuid(), 'session.tightened', 'system', 'session', t.id, t.workspace_id,
          jsonb_build_object('level', '${level}'), clock_timestamp() FROM tightened t)
      SELECT id FROM tightened`,
  }
}

const STATEMENTS: Readonly<Record<PolicyLevel, Statement>> = {
  server: tightening('server'),
  workspace: tightening('workspace'),
  client: tightening('client'),
  role: tightening('role'),
  acr: tightening('acr'),
}

/** Cuts short at most 500 running sessions that a policy allows less; resolves to those it cut. */
export async function tightenSome(
  db: Sql,
  { level, subject }: Pick<Policy, 'level' | 'subject'>,
  limits: RowLimits,
): Promise<readonly SessionId[]> {
  const rows = await db.query<{ id: SessionId }>(STATEMENTS[level], [
    limits.idleTimeout,
    limits.maxDuration,
    limits.absoluteTimeout,
    subject,
  ])
  return rows.map(({ id }) => id)
}
