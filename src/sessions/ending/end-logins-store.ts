import type { Sql, Statement } from '../../database/sql.ts'
import type { LoginId, UserId } from '../../ids.ts'
import { type EndOptions, OF_EARLIER_LIFE } from './end-store.ts'

/** What is chosen is locked, and judged again where the lock was waited for. */
function closing(name: string, where: string, how: string): Statement {
  return {
    name,
    text: `
      WITH chosen AS MATERIALIZED (
        SELECT id FROM login WHERE ended_at IS NULL AND ${where} ${how}),
      ended AS (
        UPDATE login l SET ended_at = clock_timestamp(), end_cause = $2, secret_wrapped = NULL,
          context_sealed = NULL, cookie_hash = NULL, prior_cookie_hash = NULL,
          evicted_cookie_hash = CASE WHEN $2 = 'evicted' THEN cookie_hash END
        FROM chosen WHERE l.id = chosen.id AND l.ended_at IS NULL RETURNING l.id, l.user_id),
      barriers AS (DELETE FROM login_barrier b USING ended e WHERE b.login_id = e.id),
      written AS (
        INSERT INTO entry (id, action, actor_kind, actor_id, subject_kind, subject_id, detail, at)
        SELECT gen_random_uuid(), 'login.ended', $3, $4, 'login', e.id,
          $5::jsonb || jsonb_build_object('cause', $2::text), clock_timestamp() FROM ended e)
      SELECT id FROM ended`,
  }
}

const IN_PASSING = 'LIMIT 100 FOR UPDATE SKIP LOCKED'

const LOGINS = {
  id: closing('end_login', 'id = $1', 'FOR UPDATE'),
  // Only what the gate was closed on: whoever logged in after it stays.
  user: closing(
    'end_logins_of_user',
    `user_id = $1 AND created_at <=
      COALESCE((SELECT ended_before FROM "user" WHERE id = $1), 'infinity')`,
    'ORDER BY id LIMIT 500 FOR UPDATE',
  ),
  incarnation: closing('end_logins_of_incarnation', OF_EARLIER_LIFE, 'LIMIT 100 FOR UPDATE'),
  // Of the same person; in the order of identifiers, for two browsers may do it to each other.
  others: closing(
    'end_logins_others',
    'user_id = (SELECT user_id FROM login WHERE id = $1) AND id <> $1',
    'ORDER BY id LIMIT 100 FOR UPDATE',
  ),
  idle: closing(
    'end_logins_idle',
    'last_seen_at + make_interval(secs => idle_timeout + $1) <= statement_timestamp()',
    IN_PASSING,
  ),
  absolute: closing(
    'end_logins_absolute',
    'absolute_end_at + make_interval(secs => $1) <= statement_timestamp()',
    IN_PASSING,
  ),
} as const

export type ChosenLogins =
  | { readonly by: 'id'; readonly value: LoginId }
  /** All of the same person but this one. */
  | { readonly by: 'others'; readonly value: LoginId }
  | { readonly by: 'user'; readonly value: UserId }
  | { readonly by: 'incarnation'; readonly value: string }
  /** Seconds to wait beyond the end. */
  | { readonly by: 'idle' | 'absolute'; readonly value: number }

/** Those that this call has ended; a login that had ended before is not among them. */
export async function endChosenLogins(
  db: Sql,
  chosen: ChosenLogins,
  options: Pick<EndOptions, 'cause' | 'actorKind' | 'actorId' | 'detail'>,
): Promise<LoginId[]> {
  const rows = await db.query<{ id: LoginId }>(LOGINS[chosen.by], [
    chosen.value,
    options.cause,
    options.actorKind,
    options.actorId,
    JSON.stringify(options.detail),
  ])
  return rows.map(({ id }) => id)
}
