import type { Sql, Statement } from '../../database/sql.ts'
import type { SessionId } from '../../ids.ts'
import type { WrappedSessionSecret } from '../../keys/session-keys.ts'

// The condition is the whole of the renewal: whoever changes the row first has renewed. A session
// that ended meanwhile, or that time or a gate has ended, is refused in the same statement.
const RENEW: Statement = {
  name: 'session_renew',
  text: `UPDATE session s SET generation = $2 + 1, renewed_at = clock_timestamp(),
      last_seen_at = GREATEST(s.last_seen_at, clock_timestamp()),
      token_end_at = LEAST(clock_timestamp() + make_interval(secs => $3), c.absolute_end_at),
      epoch_id = COALESCE($4, s.epoch_id), secret_wrapped = COALESCE($5, s.secret_wrapped)
    FROM session_check c
    WHERE s.id = $1 AND c.session_id = s.id AND c.refusal IS NULL
      AND s.generation = $2 AND s.ended_at IS NULL
    RETURNING s.renewed_at, s.last_seen_at, s.token_end_at, statement_timestamp() AS read_at`,
}

export interface RenewalStep {
  readonly id: SessionId
  /** The one that is replaced. */
  readonly generation: number
  /** Seconds. */
  readonly lifetime: number
  /** The secret under the current epoch, where that is another one. */
  readonly rewrapped: WrappedSessionSecret | null
}

/** What this call's renewal wrote. */
export interface WrittenRenewal {
  readonly issuedAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
  readonly readAt: Date
}

interface Row {
  readonly renewed_at: Date
  readonly last_seen_at: Date
  readonly token_end_at: Date
  readonly read_at: Date
}

/** Null where another call has renewed, or nothing could be renewed any more. */
export async function renewedSession(db: Sql, step: RenewalStep): Promise<WrittenRenewal | null> {
  const { id, generation, lifetime, rewrapped } = step
  const values = [id, generation, lifetime, rewrapped?.epochId ?? null, rewrapped?.wrapped ?? null]
  const [row] = await db.query<Row>(RENEW, values)
  if (!row) return null
  return {
    issuedAt: row.renewed_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.token_end_at,
    readAt: row.read_at,
  }
}
