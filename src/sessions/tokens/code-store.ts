import type { ClientMetadata } from '../../clients/client-metadata.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import type { ClientId, FamilyId, GrantId, SessionId } from '../../ids.ts'
import { ELEVATED, type ElevatedColumn, toElevated } from '../elevation-column.ts'
import { CHECK_COLUMNS, type CheckRow, toCheckedSession } from '../session-store.ts'
import { toUser, USER_OBJECT, type UserColumns } from '../user-columns.ts'
import type { CodeCheck } from './code.ts'
import type { NewFamily } from './family-store.ts'
import type { GrantedScopes } from './grant.ts'

interface CodeRow extends CheckRow, ElevatedColumn {
  readonly place: number
  readonly payload_sealed: Buffer
  readonly consumed_at: Date | null
  readonly family_id: FamilyId | null
  readonly grant_id: GrantId
  readonly epoch: number
  readonly scopes: GrantedScopes
  readonly grant_created_at: Date
  readonly grant_stands: boolean
  readonly grant_client: ClientId
  readonly client_name: string
  readonly client_metadata: ClientMetadata
  readonly client_secret_hash: Buffer | null
  readonly user_columns: UserColumns | null
  readonly now: Date
}

const CHECK: Statement = {
  name: 'codes_check',
  text: `SELECT k.place::int, a.payload_sealed, a.consumed_at, a.family_id, ${CHECK_COLUMNS},
      g.id AS grant_id, g.epoch, g.scopes, g.created_at AS grant_created_at,
      g.ended_at IS NULL AND cl.disabled_at IS NULL AS grant_stands, cl.id AS grant_client,
      cl.client_id AS client_name, cl.metadata AS client_metadata,
      cl.secret_hash AS client_secret_hash,
      CASE WHEN u.id IS NOT NULL THEN ${USER_OBJECT} END AS user_columns,
      ${ELEVATED} AS elevated, clock_timestamp() AS now
    FROM unnest($1::bytea[]) WITH ORDINALITY AS k(hash, place)
    JOIN artifact a ON a.model = 'AuthorizationCode' AND a.hash = k.hash
    JOIN session_check c ON c.session_id = a.session_id
    JOIN "grant" g ON g.id = a.grant_id
    JOIN client cl ON cl.id = g.client_id
    LEFT JOIN "user" u ON u.id = c.user_id`,
}

/** Those that are there, by the place of their hash. */
export async function checkCodes(
  db: Sql,
  hashes: readonly Buffer[],
): Promise<ReadonlyMap<number, CodeCheck>> {
  const rows = await db.query<CodeRow>(CHECK, [hashes])
  return new Map(rows.map((row) => [row.place - 1, toCheck(row)]))
}

function toCheck(row: CodeRow): CodeCheck {
  return {
    payloadSealed: row.payload_sealed,
    consumedAt: row.consumed_at,
    familyId: row.family_id,
    session: toCheckedSession(row),
    grantId: row.grant_id,
    epoch: row.epoch,
    scopes: row.scopes,
    grantCreatedAt: row.grant_created_at,
    grantStands: row.grant_stands,
    clientName: row.client_name,
    client: {
      id: row.grant_client,
      clientId: row.client_name,
      metadata: row.client_metadata,
      secretHash: row.client_secret_hash,
    },
    user: row.user_columns && toUser(row.user_columns),
    elevated: toElevated(row),
    now: row.now,
  }
}

// The session's row is locked before the code's, as an end does it: the other way round, a
// redemption and an end would wait for each other.
const CONSUME: Statement = {
  name: 'code_consume',
  text: `
    WITH held AS MATERIALIZED (SELECT id FROM session WHERE id = $2 AND ended_at IS NULL FOR SHARE)
    UPDATE artifact a SET consumed_at = clock_timestamp(), family_id = $3 FROM held
    WHERE a.model = 'AuthorizationCode' AND a.hash = $1 AND a.session_id = held.id
      AND a.consumed_at IS NULL`,
}

export interface Redemption {
  readonly hash: Buffer
  readonly sessionId: SessionId
  readonly familyId: FamilyId | null
}

/** Whether this request is the one that redeems the code; all others have lost. */
export async function consumedCode(db: Sql, redemption: Redemption): Promise<boolean> {
  const { hash, sessionId, familyId } = redemption
  return (await db.execute(CONSUME, [hash, sessionId, familyId])) === 1
}

// One statement for both: a family is born of the redemption that won, and under the grant as it
// was read. Session, grant, code: the order in which an end locks them.
const REDEEM: Statement = {
  name: 'code_redeem',
  text: `
    WITH held AS MATERIALIZED (SELECT id FROM session WHERE id = $2 AND ended_at IS NULL FOR SHARE),
    allowed AS MATERIALIZED (
      SELECT g.id, g.epoch, held.id AS session_id FROM "grant" g JOIN held ON held.id = g.session_id
      WHERE g.id = $4 AND g.epoch = $5 AND g.ended_at IS NULL FOR SHARE OF g),
    consumed AS (
      UPDATE artifact a SET consumed_at = clock_timestamp(), family_id = $3 FROM allowed g
      WHERE a.model = 'AuthorizationCode' AND a.hash = $1 AND a.session_id = g.session_id
        AND a.consumed_at IS NULL
      RETURNING g.id, g.epoch, g.session_id)
    INSERT INTO family (id, session_id, grant_id, grant_epoch, bound, rotated_by, payload_sealed,
      rotated_at, created_at)
    SELECT $3, session_id, id, epoch, $6, $7, $8, clock_timestamp(), clock_timestamp()
    FROM consumed`,
}

/** Whether this request redeems the code, and begets a family in the session that it is of. */
export async function redeemedCode(db: Sql, hash: Buffer, family: NewFamily): Promise<boolean> {
  const written = await db.execute(REDEEM, [
    hash,
    family.sessionId,
    family.id,
    family.grantId,
    family.epoch,
    family.bound,
    family.by,
    family.payloadSealed,
  ])
  return written === 1
}

// Access tokens of a family are not rows; one name in the list of what was revoked stands for all.
const END_FAMILY: Statement = {
  name: 'family_end',
  text: `WITH gone AS (DELETE FROM family WHERE id = $1 RETURNING session_id),
    told AS (INSERT INTO revoked_token (jti, session_id, expires_at)
      SELECT 'family:' || $1::uuid, session_id, statement_timestamp() + interval '1 day' FROM gone
      ON CONFLICT DO NOTHING)
    SELECT session_id FROM gone`,
}

/** Ends one family with the access tokens that were issued with it; null when it had ended. */
export async function endFamilyRow(db: Sql, id: FamilyId): Promise<SessionId | null> {
  const [row] = await db.query<{ session_id: SessionId }>(END_FAMILY, [id])
  return row?.session_id ?? null
}
