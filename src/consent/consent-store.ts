import type { Sql, Statement } from '../database/sql.ts'
import { type ClientId, type ConsentId, newId, type UserId, type WorkspaceId } from '../ids.ts'
import {
  type Consent,
  type ConsentedScopes,
  type ConsentPart,
  partsOf,
  scopesOf,
} from './consent.ts'

export interface ConsentKey {
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
  readonly clientId: ClientId
}

interface Row extends ConsentKey {
  readonly id: ConsentId
  readonly parts: readonly ConsentPart[]
  readonly grantedAt: Date
}

const COLUMNS = `
  c.id, c.user_id AS "userId", c.workspace_id AS "workspaceId", c.client_id AS "clientId",
  c.scopes AS parts, c.granted_at AS "grantedAt"`

// Two yeses at once: the second waits for the first one's row and adds to what it then finds.
const RECORD: Statement = {
  name: 'consent_record',
  text: `
    INSERT INTO "consent" AS c (id, user_id, workspace_id, client_id, scopes, granted_at)
    VALUES ($1, $2, $3, $4, $5, clock_timestamp())
    ON CONFLICT (user_id, workspace_id, client_id) WHERE withdrawn_at IS NULL
    DO UPDATE SET granted_at = clock_timestamp(), scopes = (
      SELECT jsonb_agg(DISTINCT part)
      FROM jsonb_array_elements(c.scopes || excluded.scopes) AS part)
    RETURNING ${COLUMNS}`,
}

const STANDING: Statement = {
  name: 'consent_standing',
  text: `
    SELECT ${COLUMNS} FROM "consent" c
    WHERE user_id = $1 AND workspace_id = $2 AND client_id = $3 AND withdrawn_at IS NULL`,
}

const OF_USER: Statement = {
  name: 'consents_of_user',
  text: `
    SELECT ${COLUMNS} FROM "consent" c
    WHERE user_id = $1 AND withdrawn_at IS NULL ORDER BY granted_at DESC, id`,
}

const DESCRIBED: Statement = {
  name: 'consents_described',
  text: `
    SELECT ${COLUMNS}, w.name AS "workspaceName",
      COALESCE(k.metadata->>'client_name', k.client_id) AS "clientName",
      (SELECT json_object_agg(r.identifier, r.name) FROM resource r
        WHERE r.identifier IN (SELECT part->>0 FROM jsonb_array_elements(c.scopes) part
          WHERE jsonb_typeof(part) = 'array')) AS "resourceNames"
    FROM "consent" c JOIN workspace w ON w.id = c.workspace_id JOIN client k ON k.id = c.client_id
    WHERE c.user_id = $1 AND c.withdrawn_at IS NULL ORDER BY c.granted_at DESC, c.id LIMIT $2`,
}

const WITHDRAW: Statement = {
  name: 'consent_withdraw',
  text: `
    UPDATE "consent" c SET withdrawn_at = clock_timestamp()
    WHERE id = $1 AND user_id = $2 AND withdrawn_at IS NULL
    RETURNING ${COLUMNS}`,
}

export async function upsertConsent(
  db: Sql,
  { userId, workspaceId, clientId }: ConsentKey,
  scopes: ConsentedScopes,
): Promise<Consent> {
  const parts = JSON.stringify(partsOf(scopes))
  const values = [newId<'con'>(), userId, workspaceId, clientId, parts]
  const [row] = await db.query<Row>(RECORD, values)
  return toConsent(row!)
}

export async function selectConsent(db: Sql, key: ConsentKey): Promise<Consent | null> {
  const [row] = await db.query<Row>(STANDING, [key.userId, key.workspaceId, key.clientId])
  return row ? toConsent(row) : null
}

export async function selectConsents(db: Sql, userId: UserId): Promise<Consent[]> {
  return (await db.query<Row>(OF_USER, [userId])).map(toConsent)
}

interface Described {
  readonly workspaceName: string
  readonly clientName: string
  /** By identifier; a resource that is gone has none. */
  readonly resourceNames: Readonly<Record<string, string>>
}

interface DescribedRow extends Row, Omit<Described, 'resourceNames'> {
  readonly resourceNames: Described['resourceNames'] | null
}

/** A standing consent in the words that people know its parts by. */
export type DescribedConsent = Consent & Described

export async function selectDescribed(
  db: Sql,
  userId: UserId,
  limit: number,
): Promise<DescribedConsent[]> {
  const rows = await db.query<DescribedRow>(DESCRIBED, [userId, limit])
  return rows.map(({ workspaceName, clientName, resourceNames, ...row }) => ({
    ...toConsent(row),
    workspaceName,
    clientName,
    resourceNames: resourceNames ?? {},
  }))
}

/** What was withdrawn; null where this user has no such standing consent. */
export async function closeConsent(
  db: Sql,
  id: ConsentId,
  userId: UserId,
): Promise<Consent | null> {
  const [row] = await db.query<Row>(WITHDRAW, [id, userId])
  return row ? toConsent(row) : null
}

function toConsent({ parts, ...row }: Row): Consent {
  return { ...row, scopes: scopesOf(parts) }
}
