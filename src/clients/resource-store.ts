import type { ResourceModel } from '../database/generated/models.ts'
import type { Sql, Statement } from '../database/sql.ts'
import type { Db } from '../database/transaction.ts'
import { type ClientId, newId, type ResourceId } from '../ids.ts'
import type { Resource } from './resource.ts'

type Row = Omit<ResourceModel, 'createdAt'>

export const RESOURCE_COLUMNS = `
  r.id, r.identifier, r.name, r.scopes, r.token_format AS "tokenFormat", r.alg,
  r.client_id AS "clientId"`

const BY_IDENTIFIER: Statement = {
  name: 'resource_by_identifier',
  text: `SELECT ${RESOURCE_COLUMNS} FROM "resource" r WHERE r.identifier = $1`,
}

/** Null where the identifier is taken. */
export async function insertResource(
  db: Db,
  values: Omit<Resource, 'id'>,
): Promise<Resource | null> {
  const rows = await db.prisma.resource.createManyAndReturn({
    data: { id: newId<'res'>(), ...values, scopes: [...values.scopes] },
    skipDuplicates: true,
  })
  return rows[0] ? toResource(rows[0]) : null
}

export async function selectResource(db: Sql, identifier: string): Promise<Resource | null> {
  const [row] = await db.query<Row>(BY_IDENTIFIER, [identifier])
  return row ? toResource(row) : null
}

export function toResource(row: Row): Resource {
  return {
    id: row.id as ResourceId,
    identifier: row.identifier,
    name: row.name,
    scopes: row.scopes,
    tokenFormat: row.tokenFormat as Resource['tokenFormat'],
    alg: row.alg as Resource['alg'],
    clientId: row.clientId as ClientId | null,
  }
}

const ENSURE: Statement = {
  name: 'resource_ensure',
  text: `INSERT INTO resource (id, identifier, name, scopes, token_format)
    VALUES ($1, $2, $3, $4, 'opaque')
    ON CONFLICT (identifier) DO UPDATE SET scopes = EXCLUDED.scopes
    WHERE resource.scopes IS DISTINCT FROM EXCLUDED.scopes`,
}

/** Makes a resource that has to be there, or brings its scopes up to date. */
export async function ensureResource(
  db: Sql,
  values: Pick<Resource, 'identifier' | 'name' | 'scopes'>,
): Promise<void> {
  await db.execute(ENSURE, [newId<'res'>(), values.identifier, values.name, values.scopes])
}
