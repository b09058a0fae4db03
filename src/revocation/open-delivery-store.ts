import type { Sql, Statement } from '../database/sql.ts'
import type { DeliveryId, SessionId, WorkspaceId } from '../ids.ts'

/** A logout token that nobody has accepted yet. */
export interface OpenDelivery {
  readonly id: DeliveryId
  /** Null when the client was deleted. */
  readonly clientId: string | null
  readonly sessionId: SessionId
  readonly state: 'pending' | 'set_aside'
  readonly attempts: number
  readonly lastFailure: string | null
  /** The end of the session that it tells of. */
  readonly createdAt: Date
  /** Null for what is set aside. */
  readonly nextAttemptAt: Date | null
}

export interface DeliveryFilter {
  readonly state: OpenDelivery['state'] | null
  /** As the protocol calls it. */
  readonly clientId: string | null
  readonly limit: number
}

const LIST: Statement = {
  name: 'delivery_list_open',
  text: `
    SELECT d.id, c.client_id AS "clientId", d.session_id AS "sessionId", d.state, d.attempts,
      d.last_failure AS "lastFailure", d.created_at AS "createdAt",
      CASE WHEN d.state = 'pending' THEN d.next_attempt_at END AS "nextAttemptAt"
    FROM delivery d LEFT JOIN client c ON c.id = d.client_id
    WHERE d.state IN ('pending', 'set_aside') AND ($1::text IS NULL OR d.state = $1)
      AND ($2::text IS NULL OR c.client_id = $2)
    ORDER BY d.created_at, d.id LIMIT $3`,
}

/** The oldest first: what waits longest is what somebody should look at. */
export async function selectOpenDeliveries(
  db: Sql,
  { state, clientId, limit }: DeliveryFilter,
): Promise<readonly OpenDelivery[]> {
  return db.query<OpenDelivery>(LIST, [state, clientId, limit])
}

export interface ReopenedDelivery {
  readonly id: DeliveryId
  readonly workspaceId: WorkspaceId | null
}

const REOPEN_SOME: Statement = {
  name: 'delivery_reopen_some',
  text: `
    UPDATE delivery d SET state = 'pending', attempts = 0, next_attempt_at = statement_timestamp()
    WHERE d.state = 'set_aside' AND d.id IN (
      SELECT o.id FROM delivery o LEFT JOIN client c ON c.id = o.client_id
      WHERE o.state = 'set_aside' AND ($1::text IS NULL OR c.client_id = $1)
      ORDER BY o.id LIMIT $2 FOR UPDATE OF o SKIP LOCKED)
    RETURNING d.id, (SELECT s.workspace_id FROM session s WHERE s.id = d.session_id)
      AS "workspaceId"`,
}

/** Makes some of what was set aside due at once. */
export async function reopenSome(
  db: Sql,
  clientId: string | null,
  limit: number,
): Promise<readonly ReopenedDelivery[]> {
  return db.query<ReopenedDelivery>(REOPEN_SOME, [clientId, limit])
}
