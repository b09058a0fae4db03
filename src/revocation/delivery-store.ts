import type { Sql } from '../database/sql.ts'
import type { DeliveryId, SessionId, UserId, WorkspaceId } from '../ids.ts'
import type { ClaimedDelivery, DueDelivery, LogoutClient } from './delivery.ts'
import type { Failure } from './outcome.ts'

interface DueRow {
  readonly id: DeliveryId
  readonly client_id: string
  readonly uri: string | null
}

const FIND_DUE = {
  name: 'delivery_find_due',
  text: `
    SELECT d.id, d.client_id, c.metadata ->> 'backchannel_logout_uri' AS uri
    FROM delivery d LEFT JOIN client c ON c.id = d.client_id
    WHERE d.state = 'pending' AND d.next_attempt_at <= statement_timestamp()
      AND d.client_id <> ALL ($1::uuid[])
    ORDER BY d.next_attempt_at LIMIT $2`,
}

/** Due deliveries, the oldest first, of all clients but those named. */
export async function findDue(
  db: Sql,
  exceptClients: readonly string[],
  limit: number,
): Promise<readonly DueDelivery[]> {
  const rows = await db.query<DueRow>(FIND_DUE, [exceptClients, limit])
  return rows.map(({ id, client_id, uri }) => ({ id, clientId: client_id, uri }))
}

interface ClaimedRow {
  readonly id: DeliveryId
  readonly session_id: SessionId
  readonly user_id: UserId | null
  readonly workspace_id: WorkspaceId | null
  readonly offline: boolean
  readonly client_id: string | null
  readonly metadata: LogoutClient['metadata']
  readonly attempts: number
  readonly now: Date
}

// SKIP LOCKED and the second look at the time: what another process claims or sends is left to it.
const CLAIM = {
  name: 'delivery_claim',
  text: `
    WITH due AS MATERIALIZED (
      SELECT id FROM delivery
      WHERE id = ANY ($1::uuid[]) AND state = 'pending'
        AND next_attempt_at <= statement_timestamp()
      FOR UPDATE SKIP LOCKED
    ), claimed AS (
      UPDATE delivery d
      SET attempts = d.attempts + 1,
          next_attempt_at = statement_timestamp() + make_interval(secs => $2)
      FROM due WHERE d.id = due.id
      RETURNING d.id, d.session_id, d.user_id, d.client_id, d.attempts
    )
    SELECT d.id, d.session_id, d.user_id, d.attempts, s.workspace_id,
           s.kind IS NOT DISTINCT FROM 'offline' AS offline, c.client_id, c.metadata,
           statement_timestamp() AS now
    FROM claimed d
    LEFT JOIN client c ON c.id = d.client_id
    LEFT JOIN session s ON s.id = d.session_id`,
}

/** Takes those of the deliveries that are still due; for `lease` seconds nobody else does. */
export async function claimDeliveries(
  db: Sql,
  ids: readonly DeliveryId[],
  lease: number,
): Promise<readonly ClaimedDelivery[]> {
  const rows = await db.query<ClaimedRow>(CLAIM, [ids, lease])
  return rows.map((row) => ({
    id: row.id,
    sessionId: row.session_id,
    userId: row.user_id,
    workspaceId: row.workspace_id,
    offline: row.offline,
    client: row.client_id === null ? null : { clientId: row.client_id, metadata: row.metadata },
    attempts: row.attempts,
    now: row.now,
  }))
}

type Attempt = Pick<ClaimedDelivery, 'id' | 'attempts'>

const DELIVERED = {
  name: 'delivery_delivered',
  text: `
    UPDATE delivery SET state = 'delivered', delivered_at = clock_timestamp(), last_failure = NULL
    WHERE id = $1 AND attempts = $2 AND state = 'pending'`,
}

export async function saveDelivered(db: Sql, { id, attempts }: Attempt): Promise<boolean> {
  return (await db.execute(DELIVERED, [id, attempts])) === 1
}

const RETRY = {
  name: 'delivery_retry',
  text: `
    UPDATE delivery
    SET next_attempt_at = clock_timestamp() + make_interval(secs => $3), last_failure = $4
    WHERE id = $1 AND attempts = $2 AND state = 'pending'`,
}

export async function saveRetry(
  db: Sql,
  { id, attempts }: Attempt,
  { wait, failure }: { readonly wait: number; readonly failure: Failure },
): Promise<boolean> {
  return (await db.execute(RETRY, [id, attempts, wait, failure])) === 1
}

const SET_ASIDE = {
  name: 'delivery_set_aside',
  text: `
    UPDATE delivery SET state = 'set_aside', last_failure = $3
    WHERE id = $1 AND attempts = $2 AND state = 'pending'`,
}

export async function saveSetAside(
  db: Sql,
  { id, attempts }: Attempt,
  failure: Failure,
): Promise<boolean> {
  return (await db.execute(SET_ASIDE, [id, attempts, failure])) === 1
}

const REOPEN = {
  name: 'delivery_reopen',
  text: `
    UPDATE delivery d SET state = 'pending', attempts = 0, next_attempt_at = statement_timestamp()
    WHERE d.id = $1 AND d.state = 'set_aside'
    RETURNING (SELECT s.workspace_id FROM session s WHERE s.id = d.session_id)`,
}

/** Makes a set-aside delivery due at once; null when it was not set aside. */
export async function reopenDelivery(
  db: Sql,
  id: DeliveryId,
): Promise<{ readonly workspaceId: WorkspaceId | null } | null> {
  const [row] = await db.query<{ workspace_id: WorkspaceId | null }>(REOPEN, [id])
  return row ? { workspaceId: row.workspace_id } : null
}

const EXISTS = { name: 'delivery_exists', text: 'SELECT FROM delivery WHERE id = $1' }

export async function deliveryExists(db: Sql, id: DeliveryId): Promise<boolean> {
  return (await db.query(EXISTS, [id])).length === 1
}
