import type { ClientModel } from '../database/generated/models.ts'
import type { Sql, Statement } from '../database/sql.ts'
import type { Db } from '../database/transaction.ts'
import type { ClientId } from '../ids.ts'
import type { Client } from './client.ts'
import type { ClientMetadata } from './client-metadata.ts'

export interface ClientValues {
  readonly id: ClientId
  readonly clientId: string
  readonly metadata: ClientMetadata
  readonly secretHash: Buffer | null
  readonly pkceExempt: boolean
}

export const CLIENT_COLUMNS = `
  c.id, c.client_id AS "clientId", c.metadata, c.secret_hash AS "secretHash",
  c.pkce_exempt AS "pkceExempt", c.self_registered AS "selfRegistered",
  c.disabled_at AS "disabledAt", c.created_at AS "createdAt"`

const BY_ID: Statement = {
  name: 'client_by_id',
  text: `SELECT ${CLIENT_COLUMNS} FROM "client" c WHERE c.id = $1`,
}

// A registration never overwrites an operator's client, nor brings a disabled one back. Without a
// new secret the old one stays, for as long as the client proves itself by one.
const SAVE_REGISTERED: Statement = {
  name: 'client_save_registered',
  text: `
    INSERT INTO "client" AS c (id, client_id, metadata, secret_hash, self_registered)
    VALUES ($1, $2, $3, $4, true)
    ON CONFLICT (client_id) DO UPDATE SET metadata = excluded.metadata,
      secret_hash = CASE WHEN $5 THEN COALESCE(excluded.secret_hash, c.secret_hash) END
      WHERE c.self_registered AND c.disabled_at IS NULL
    RETURNING ${CLIENT_COLUMNS}, xmax = 0 AS created`,
}

const SET_DISABLED: Statement = {
  name: 'client_set_disabled',
  text: `
    UPDATE "client" SET disabled_at = CASE WHEN $2 THEN clock_timestamp() END
    WHERE id = $1 AND (disabled_at IS NULL) = $2`,
}

const DELETE: Statement = {
  name: 'client_delete',
  text: 'DELETE FROM "client" WHERE id = $1 RETURNING client_id AS "clientId"',
}

/** Null where the client_id is taken. */
export async function insertClient(db: Db, values: ClientValues): Promise<Client | null> {
  const { secretHash, metadata, ...rest } = values
  const rows = await db.prisma.client.createManyAndReturn({
    data: {
      ...rest,
      metadata: JSON.parse(JSON.stringify(metadata)),
      secretHash: secretHash && new Uint8Array(secretHash),
    },
    skipDuplicates: true,
  })
  return rows[0] ? toClient(rows[0]) : null
}

/** Null where the client_id belongs to a client that no registration may change. */
export async function saveRegistered(
  db: Sql,
  values: Omit<ClientValues, 'pkceExempt'> & { readonly needsSecret: boolean },
): Promise<{ readonly client: Client; readonly created: boolean } | null> {
  const { id, clientId, metadata, secretHash } = values
  const [row] = await db.query<ClientModel & { created: boolean }>(SAVE_REGISTERED, [
    id,
    clientId,
    JSON.stringify(metadata),
    secretHash,
    values.needsSecret,
  ])
  return row ? { client: toClient(row), created: row.created } : null
}

export async function selectClientById(db: Sql, id: ClientId): Promise<Client | null> {
  const [row] = await db.query<ClientModel>(BY_ID, [id])
  return row ? toClient(row) : null
}

/** Whether there was a client in the other state. */
export async function setDisabled(db: Sql, id: ClientId, disabled: boolean): Promise<boolean> {
  return (await db.execute(SET_DISABLED, [id, disabled])) === 1
}

/** Its client_id, or null when there was none. */
export async function removeClient(db: Sql, id: ClientId): Promise<string | null> {
  const [row] = await db.query<{ clientId: string }>(DELETE, [id])
  return row?.clientId ?? null
}

export function toClient(row: ClientModel): Client {
  return {
    id: row.id as ClientId,
    clientId: row.clientId,
    metadata: row.metadata as ClientMetadata,
    secretHash: row.secretHash && Buffer.from(row.secretHash),
    pkceExempt: row.pkceExempt,
    selfRegistered: row.selfRegistered,
    disabledAt: row.disabledAt,
    createdAt: row.createdAt,
  }
}
