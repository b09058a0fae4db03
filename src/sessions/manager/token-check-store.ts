import type { Sql, Statement } from '../../database/sql.ts'
import type { SessionId } from '../../ids.ts'
import { CHECK_COLUMNS, type CheckRow, toCheckedSession } from '../session-store.ts'
import type { TokenCheck } from './token-check.ts'

interface Row extends CheckRow {
  readonly generation: number
  readonly renewed_at: Date | null
  readonly token_end_at: Date | null
  readonly ended_at: Date | null
  readonly end_cause: string | null
  readonly permissions: readonly string[] | null
  readonly elevations: readonly string[] | null
  readonly elevated: readonly string[] | null
  readonly elevated_until: Date | null
  readonly steady_until: Date
  readonly context_sealed: Buffer | null
  readonly device_hash: Buffer | null
  readonly epoch_retired: boolean
}

// What was given for a while is bounded by what the roles allow now, and not by what they did then.
const CHECK: Statement = {
  name: 'session_token_check',
  text: `SELECT ${CHECK_COLUMNS}, c.generation, c.renewed_at, c.token_end_at, c.ended_at, c.end_cause,
      s.context_sealed, s.device_hash, k.retired_at IS NOT NULL AS epoch_retired,
      r.permissions, r.elevations, e.elevated, e.elevated_until,
      LEAST(c.absolute_end_at, s.last_seen_at + make_interval(secs => s.idle_timeout),
        CASE WHEN s.kind = 'login' THEN l.last_seen_at + make_interval(secs => l.idle_timeout) END,
        e.changes_at) AS steady_until
    FROM session_check c
    JOIN session s ON s.id = c.session_id
    LEFT JOIN login l ON l.id = s.login_id
    LEFT JOIN epoch_key k ON k.id = c.epoch_id
    LEFT JOIN LATERAL (
      SELECT array_agg(DISTINCT p) FILTER (WHERE kind = 1) AS permissions,
        array_agg(DISTINCT p) FILTER (WHERE kind = 2) AS elevations
      FROM role r, LATERAL (SELECT 1 AS kind, unnest(r.permissions) AS p
        UNION ALL SELECT 2, unnest(r.elevations)) both_kinds
      WHERE r.workspace_id = c.workspace_id AND r.name = ANY(c.roles)) r ON true
    LEFT JOIN LATERAL (
      SELECT array_agg(DISTINCT p) AS elevated, max(v.end_at) AS elevated_until,
        min(v.end_at) AS changes_at
      FROM elevation v, unnest(v.permissions) p
      WHERE v.session_id = c.session_id AND v.state = 'granted' AND v.end_at > statement_timestamp()
        AND (p = ANY(r.permissions) OR p = ANY(r.elevations))) e ON true
    WHERE c.session_id = ANY($1::uuid[])`,
}

export async function checkSessionTokens(
  db: Sql,
  ids: readonly SessionId[],
): Promise<ReadonlyMap<string, TokenCheck>> {
  const rows = await db.query<Row>(CHECK, [ids])
  return new Map(rows.map((row) => [row.session_id, toTokenCheck(row)]))
}

function toTokenCheck(row: Row): TokenCheck {
  return {
    session: toCheckedSession(row),
    generation: row.generation,
    issuedAt: row.renewed_at ?? row.created_at,
    expiresAt: row.token_end_at,
    endedAt: row.ended_at,
    endCause: row.end_cause,
    permissions: row.permissions ?? [],
    elevations: row.elevations ?? [],
    elevated: row.elevated ?? [],
    elevatedUntil: row.elevated_until,
    steadyUntil: row.steady_until,
    contextSealed: row.context_sealed,
    deviceHash: row.device_hash,
    epochRetired: row.epoch_retired,
  }
}
