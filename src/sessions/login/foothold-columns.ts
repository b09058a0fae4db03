import { type CheckRow, toCheckedSession } from '../session-store.ts'
import type { Grant } from '../tokens/grant.ts'
import type { Foothold } from './foothold.ts'
import { LIVE } from './login-store.ts'

/** Joins the login `k.login_id` of the person `u` as `l`, if it lives. */
export const JOIN_LOGIN = `LEFT JOIN login l ON l.id = k.login_id AND l.user_id = u.id AND ${LIVE}`

/**
 * What the login `l` finds in the workspace `w` for the client `k.client_id`, as one JSON value;
 * `rotation` is the age in seconds at which a workspace gets a new key.
 */
export const footholdObject = (rotation: string) => `json_build_object(
  'stay', (SELECT json_build_object('session', row_to_json(c), 'grant',
      (SELECT json_build_object('id', g.id, 'epoch', g.epoch, 'scopes', g.scopes,
          'createdAt', g.created_at)
        FROM "grant" g WHERE g.session_id = c.session_id AND g.client_id = k.client_id
          AND g.ended_at IS NULL))
    FROM session_check c WHERE c.login_id = l.id AND c.workspace_id = w.id AND c.kind = 'login'
      AND c.ended_at IS NULL),
  'barred', EXISTS (SELECT FROM login_barrier b WHERE b.login_id = l.id
    AND b.workspace_id = w.id AND b.after >= l.auth_time),
  'epochId', (SELECT e.id FROM epoch_key e WHERE e.workspace_id = w.id AND e.retired_at IS NULL
    AND e.created_at + make_interval(secs => ${rotation}) > statement_timestamp()))`

/** As JSON writes them: times and bytes are text. */
type Written<Row> = {
  readonly [Column in keyof Row]: Row[Column] extends Date | Buffer
    ? string
    : Row[Column] extends Date | Buffer | null
      ? string | null
      : Row[Column]
}

export interface FootholdColumns {
  readonly stay: {
    readonly session: Written<Omit<CheckRow, 'read_at'>>
    readonly grant: Written<Pick<Grant, 'id' | 'epoch' | 'scopes' | 'createdAt'>> | null
  } | null
  readonly barred: boolean
  readonly epochId: string | null
}

export function toFoothold({ stay, barred, epochId }: FootholdColumns, readAt: Date): Foothold {
  if (!stay) return { session: null, grant: null, barred, epochId }
  const { session, grant } = stay
  return {
    session: toCheckedSession({ ...readSession(session), read_at: readAt }),
    grant: grant && { ...grant, createdAt: new Date(grant.createdAt) },
    barred,
    epochId,
  }
}

function readSession(row: Written<Omit<CheckRow, 'read_at'>>): Omit<CheckRow, 'read_at'> {
  return {
    ...row,
    // JSON shows bytes in hexadecimal, after `\x`.
    secret_wrapped:
      row.secret_wrapped === null ? null : Buffer.from(row.secret_wrapped.slice(2), 'hex'),
    created_at: new Date(row.created_at),
    last_seen_at: new Date(row.last_seen_at),
    absolute_end_at: new Date(row.absolute_end_at),
    auth_time: row.auth_time === null ? null : new Date(row.auth_time),
  }
}
