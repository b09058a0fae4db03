import type { ClientModel } from '../database/generated/models.ts'
import type { Sql, Statement } from '../database/sql.ts'
import type { ClientId, ResourceId } from '../ids.ts'
import type { Client } from './client.ts'
import { CLIENT_COLUMNS, toClient } from './client-store.ts'
import type { Resource } from './resource.ts'

/** A client, and the resource that it asks for in the same request. */
export interface RegistryKey {
  readonly clientId: string
  readonly resource: string | null
}

export interface RegistryEntry {
  readonly client: Client | null
  readonly resource: Resource | null
}

/** `version` differs after every change of the client's row. */
export interface StoredEntry extends RegistryEntry {
  readonly version: string | null
}

type Nullable<Row> = { readonly [Column in keyof Row]: Row[Column] | null }

interface ResourceColumns {
  readonly resourceId: ResourceId
  readonly identifier: string
  readonly name: string
  readonly scopes: string[]
  readonly tokenFormat: Resource['tokenFormat']
  readonly alg: Resource['alg']
  readonly introspectedBy: ClientId | null
}

type Row = Nullable<ClientModel> & Nullable<ResourceColumns> & Pick<StoredEntry, 'version'>

const ENTRIES: Statement = {
  name: 'registry_entries',
  text: `
    SELECT ${CLIENT_COLUMNS}, c.xmin::text AS version, r.id AS "resourceId", r.identifier, r.name, r.scopes,
      r.token_format AS "tokenFormat", r.alg, r.client_id AS "introspectedBy"
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k(client_id, resource, place)
    LEFT JOIN "client" c ON c.client_id = k.client_id
    LEFT JOIN "resource" r ON r.identifier = k.resource
    ORDER BY k.place`,
}

/** One entry for each key, in the keys' order. */
export async function selectEntries(db: Sql, keys: readonly RegistryKey[]): Promise<StoredEntry[]> {
  const rows = await db.query<Row>(ENTRIES, [
    keys.map(({ clientId }) => clientId),
    keys.map(({ resource }) => resource),
  ])
  return rows.map(toEntry)
}

function toEntry(row: Row): StoredEntry {
  return {
    client: row.id === null ? null : toClient(row as ClientModel),
    version: row.version,
    resource: row.resourceId === null ? null : toResource(row as ResourceColumns),
  }
}

function toResource({ resourceId, introspectedBy, ...row }: ResourceColumns): Resource {
  const { identifier, name, scopes, tokenFormat, alg } = row
  return { id: resourceId, identifier, name, scopes, tokenFormat, alg, clientId: introspectedBy }
}
