import { changeAndTell, type NewEntry } from '../../audit/append-entry.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import type { ClientId, SessionId, UserId, WorkspaceId } from '../../ids.ts'

export interface DraftedSession {
  readonly id: SessionId
  readonly kind: 'api' | 'service'
  readonly workspaceId: WorkspaceId
  readonly userId: UserId | null
  /** Who made it for a person; whose it is, for a service's own. */
  readonly clientId: ClientId | null
  readonly epochId: string
  readonly secretWrapped: Buffer
  readonly contextSealed: Buffer
  readonly acr: string | null
  readonly amr: readonly string[]
  /** When the holder proved who they are; null for now. */
  readonly authTime: Date | null
  readonly priority: number | null
  readonly deviceClass: string | null
  readonly addressHash: Buffer | null
  readonly deviceHash: Buffer | null
  /** Seconds. */
  readonly idleTimeout: number
  readonly maxDuration: number
  readonly absoluteTimeout: number
  readonly tokenLifetime: number
}

const COLUMNS = `id, kind, workspace_id, user_id, client_id, epoch_id, secret_wrapped,
  context_sealed, acr, amr, auth_time, priority, device_class, address_hash, device_hash,
  idle_timeout, created_at, last_seen_at, absolute_end_at, token_end_at`

const VALUES = `$1, $2, w.id, $4, $5, e.id, $7, $8, $9, $10, COALESCE($11, t), $12, $13, $14, $15,
  $16, t, t, ends.absolute, LEAST(t + make_interval(secs => $19), ends.absolute)`

/** The earlier of the two absolute ends; the epoch that wraps the secret must still be there. */
const REST = `
  (SELECT id FROM epoch_key WHERE id = $6 AND destroyed_at IS NULL FOR KEY SHARE) e,
  LATERAL (SELECT clock_timestamp() AS t WHERE w.id IS NOT NULL) c,
  LATERAL (SELECT LEAST(t + make_interval(secs => $17),
    COALESCE($11, t) + make_interval(secs => $18)) AS absolute) ends
  WHERE ends.absolute > t RETURNING id`

// Person, membership and workspace are held: who ends one of them waits for this session and finds
// it, or was first and leaves nothing to be made.
const placeOfUser = (user: string, workspace: string) => `SELECT w.id FROM "user" u
  JOIN membership m ON m.user_id = u.id AND m.workspace_id = ${workspace}
  JOIN workspace w ON w.id = m.workspace_id AND w.state = 'active'
  WHERE u.id = ${user} AND u.state = 'active' FOR SHARE OF u, m, w`

const placeOfService = (client: string, workspace: string) => `SELECT w.id FROM client k
  JOIN admission a ON a.client_id = k.id AND a.workspace_id = ${workspace}
  JOIN workspace w ON w.id = a.workspace_id AND w.state = 'active'
  WHERE k.id = ${client} AND k.disabled_at IS NULL`

const INSERT_FOR_USER: Statement = {
  name: 'session_create',
  text: `INSERT INTO session (${COLUMNS}) SELECT ${VALUES}
    FROM (${placeOfUser('$4', '$3')}) w, ${REST}`,
}

const INSERT_FOR_SERVICE: Statement = {
  name: 'session_create_service',
  text: `INSERT INTO session (${COLUMNS}) SELECT ${VALUES}
    FROM (${placeOfService('$5', '$3')} AND $4::uuid IS NULL FOR SHARE OF k, a, w) w, ${REST}`,
}

const HOLD_FOR_USER: Statement = { name: 'session_place', text: placeOfUser('$1', '$2') }
const HOLD_FOR_SERVICE: Statement = {
  name: 'session_place_service',
  text: `${placeOfService('$1', '$2')} FOR SHARE OF k, a, w`,
}

/** Holds what a session will stand on; false where its holder may not enter the workspace. */
export async function heldPlace(
  tx: Sql,
  { userId, clientId, workspaceId }: Pick<DraftedSession, 'userId' | 'clientId' | 'workspaceId'>,
): Promise<boolean> {
  const held = userId
    ? await tx.query(HOLD_FOR_USER, [userId, workspaceId])
    : await tx.query(HOLD_FOR_SERVICE, [clientId, workspaceId])
  return held.length === 1
}

/** False when whoever it is for may not enter the workspace any more. */
export async function createdSession(
  db: Sql,
  session: DraftedSession,
  entry: NewEntry,
): Promise<boolean> {
  const statement = session.kind === 'service' ? INSERT_FOR_SERVICE : INSERT_FOR_USER
  const row = await changeAndTell(db, { statement, values: valuesOf(session) }, entry)
  return row !== null
}

function valuesOf(session: DraftedSession): unknown[] {
  return [
    session.id,
    session.kind,
    session.workspaceId,
    session.userId,
    session.clientId,
    session.epochId,
    session.secretWrapped,
    session.contextSealed,
    session.acr,
    session.amr,
    session.authTime,
    session.priority,
    session.deviceClass,
    session.addressHash,
    session.deviceHash,
    session.idleTimeout,
    session.maxDuration,
    session.absoluteTimeout,
    session.tokenLifetime,
  ]
}
