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
