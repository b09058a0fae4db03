import type { ClientMetadata } from '../../clients/client-metadata.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import type { ClientId, FamilyId, GrantId, SessionId } from '../../ids.ts'
import { ELEVATED, type ElevatedColumn, toElevated } from '../elevation-column.ts'
import { CHECK_COLUMNS, type CheckRow, toCheckedSession } from '../session-store.ts'
import { toUser, USER_OBJECT, type UserColumns } from '../user-columns.ts'
import type { FamilyCheck } from './family-check.ts'
import type { GrantedScopes } from './grant.ts'
import { GRANTED_RESOURCES, type GrantedResources } from './resource-columns.ts'

interface FamilyRow extends CheckRow, ElevatedColumn {
  readonly family_id: FamilyId
  readonly grant_id: GrantId
  readonly grant_epoch: number
  readonly generation: number
  readonly rotated_at: Date
  readonly rotated_by: Buffer | null
  readonly bound: boolean
  readonly payload_sealed: Buffer
  readonly family_created_at: Date
  readonly epoch: number
  readonly scopes: GrantedScopes
  readonly grant_created_at: Date
  readonly grant_client: ClientId
  readonly grant_ended: boolean
  readonly client_name: string
  readonly client_metadata: ClientMetadata
  readonly client_secret_hash: Buffer | null
  readonly client_disabled: boolean
  readonly user_columns: UserColumns | null
  readonly resources: GrantedResources
  readonly now: Date
}

const CHECK: Statement = {
  name: 'family_check',
  text: `SELECT f.id AS family_id, f.grant_id, f.grant_epoch, f.generation, f.rotated_at,
      f.rotated_by, f.bound, f.payload_sealed, f.created_at AS family_created_at,
      ${CHECK_COLUMNS}, g.epoch, g.scopes, g.created_at AS grant_created_at,
      g.client_id AS grant_client, g.ended_at IS NOT NULL AS grant_ended,
      cl.client_id AS client_name, cl.metadata AS client_metadata,
      cl.secret_hash AS client_secret_hash, cl.disabled_at IS NOT NULL AS client_disabled,
      CASE WHEN u.id IS NOT NULL THEN ${USER_OBJECT} END AS user_columns,
      ${GRANTED_RESOURCES} AS resources, ${ELEVATED} AS elevated, clock_timestamp() AS now
    FROM family f
    JOIN session_check c ON c.session_id = f.session_id
    JOIN "grant" g ON g.id = f.grant_id
    JOIN client cl ON cl.id = g.client_id
    LEFT JOIN "user" u ON u.id = c.user_id
    WHERE f.id = ANY($1::uuid[])`,
}

export async function checkFamilies(
  db: Sql,
  ids: readonly FamilyId[],
): Promise<ReadonlyMap<string, FamilyCheck>> {
  const rows = await db.query<FamilyRow>(CHECK, [ids])
  return new Map(rows.map((row) => [row.family_id, toFamilyCheck(row)]))
}

function toFamilyCheck(row: FamilyRow): FamilyCheck {
  return {
    family: {
      id: row.family_id,
      sessionId: row.session_id,
      grantId: row.grant_id,
      grantEpoch: row.grant_epoch,
      generation: row.generation,
      rotatedAt: row.rotated_at,
      rotatedBy: row.rotated_by,
      bound: row.bound,
    },
    payloadSealed: row.payload_sealed,
    createdAt: row.family_created_at,
    session: toCheckedSession(row),
    grant: {
      id: row.grant_id,
      sessionId: row.session_id,
      clientId: row.grant_client,
      epoch: row.epoch,
      scopes: row.scopes,
      createdAt: row.grant_created_at,
    },
    grantStands: !row.grant_ended && row.epoch === row.grant_epoch,
    client: {
      id: row.grant_client,
      clientId: row.client_name,
      metadata: row.client_metadata,
      secretHash: row.client_secret_hash,
    },
    clientStands: !row.client_disabled,
    user: row.user_columns && toUser(row.user_columns),
    resources: row.resources ?? [],
    elevated: toElevated(row),
    now: row.now,
  }
}

/** A family, and the generation that it is to leave. */
export interface FamilyStep {
  readonly familyId: FamilyId
  readonly generation: number
  /** Keyed hash of the device and user agent that presents. */
  readonly by: Buffer
}

// The condition is the whole of the rotation: whoever changes the row first has rotated, and a
// session, grant or epoch that ended meanwhile refuses it in the same statement.
const ADVANCE: Statement = {
  name: 'family_advance',
  text: `UPDATE family f SET generation = $2 + 1, rotated_at = clock_timestamp(), rotated_by = $3
    FROM session s, "grant" g
    WHERE f.id = $1 AND f.generation = $2 AND s.id = f.session_id AND s.ended_at IS NULL
      AND g.id = f.grant_id AND g.ended_at IS NULL AND g.epoch = f.grant_epoch`,
}

/** Whether this call moved the family from `generation` to the next; it waits for who holds the row. */
export async function advancedFamily(db: Sql, step: FamilyStep): Promise<boolean> {
  return (await db.execute(ADVANCE, [step.familyId, step.generation, step.by])) === 1
}

// The same for many. It waits for nobody: one row that is held elsewhere would hold up all others,
// and two nodes with the same families in another order would wait in a circle.
const ADVANCE_MANY: Statement = {
  name: 'families_advance',
  text: `WITH held AS MATERIALIZED (
      SELECT f.id, k.generation, k.by
      FROM unnest($1::uuid[], $2::int[], $3::bytea[]) AS k(id, generation, by)
      JOIN family f ON f.id = k.id AND f.generation = k.generation
      JOIN session s ON s.id = f.session_id AND s.ended_at IS NULL
      JOIN "grant" g ON g.id = f.grant_id AND g.ended_at IS NULL AND g.epoch = f.grant_epoch
      FOR NO KEY UPDATE OF f SKIP LOCKED)
    UPDATE family f
    SET generation = held.generation + 1, rotated_at = clock_timestamp(), rotated_by = held.by
    FROM held WHERE f.id = held.id AND f.generation = held.generation
    RETURNING f.id, held.generation`,
}

/** Those that this call moved; of the others nothing is known. */
export async function advancedFamilies(
  db: Sql,
  steps: readonly FamilyStep[],
): Promise<readonly Pick<FamilyStep, 'familyId' | 'generation'>[]> {
  const rows = await db.query<{ id: FamilyId; generation: number }>(ADVANCE_MANY, [
    steps.map(({ familyId }) => familyId),
    steps.map(({ generation }) => generation),
    steps.map(({ by }) => by),
  ])
  return rows.map(({ id, generation }) => ({ familyId: id, generation }))
}

export interface NewFamily {
  readonly id: FamilyId
  readonly sessionId: SessionId
  readonly grantId: GrantId
  /** Of the grant when it was read: a revocation since then leaves nothing to be born. */
  readonly epoch: number
  readonly bound: boolean
  readonly by: Buffer
  readonly payloadSealed: Buffer
}

const INSERT: Statement = {
  name: 'family_insert',
  text: `INSERT INTO family (id, session_id, grant_id, grant_epoch, bound, rotated_by,
      payload_sealed, rotated_at, created_at)
    SELECT $1, s.id, g.id, g.epoch, $4, $5, $6, clock_timestamp(), clock_timestamp()
    FROM (SELECT id FROM session WHERE id = $2 AND ended_at IS NULL FOR SHARE) s,
      (SELECT id, epoch FROM "grant" WHERE id = $3 AND epoch = $7 AND ended_at IS NULL FOR SHARE) g`,
}

/** False when the session or the grant has ended meanwhile: no family is born then. */
export async function insertFamily(db: Sql, family: NewFamily): Promise<boolean> {
  const written = await db.execute(INSERT, [
    family.id,
    family.sessionId,
    family.grantId,
    family.bound,
    family.by,
    family.payloadSealed,
    family.epoch,
  ])
  return written === 1
}
