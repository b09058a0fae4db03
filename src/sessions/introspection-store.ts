import type { Sql, Statement } from '../database/sql.ts'
import type { ClientId } from '../ids.ts'
import type { AskingClient, IntrospectionCheck, IntrospectionKey } from './introspection.ts'
import { STAY_COLUMNS, type StayRow, toStay } from './stay-store.ts'

interface Row extends Nullable<StayRow> {
  readonly asking_id: ClientId | null
  readonly asking_name: string
  readonly secret_hash: Buffer | null
  readonly auth_method: string | null
  readonly secret_expires: boolean
  readonly resources: readonly string[] | null
  readonly service_stands: boolean
}

type Nullable<Columns> = { readonly [Name in keyof Columns]: Columns[Name] | null }

const CHECK: Statement = {
  name: 'introspection_check',
  text: `SELECT a.id AS asking_id, k.client_id AS asking_name, a.secret_hash,
      a.metadata->>'token_endpoint_auth_method' AS auth_method,
      COALESCE(a.metadata->>'client_secret_expires_at', '0') <> '0' AS secret_expires,
      (SELECT array_agg(r.identifier) FROM resource r WHERE r.client_id = a.id) AS resources,
      sc.id IS NOT NULL AND NOT EXISTS (SELECT FROM revoked_token r WHERE r.jti = k.jti)
        AS service_stands,
      ${STAY_COLUMNS}
    FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY
      AS k(client_id, session_id, service, jti, place)
    LEFT JOIN client a ON a.client_id = k.client_id AND a.disabled_at IS NULL
    LEFT JOIN client sc ON sc.client_id = k.service AND sc.disabled_at IS NULL
    LEFT JOIN LATERAL (SELECT * FROM session_check WHERE session_id = k.session_id) c ON true
    LEFT JOIN "user" u ON u.id = c.user_id
    ORDER BY k.place`,
}

/** One check for each key, in the keys' order. */
export async function readIntrospections(
  db: Sql,
  keys: readonly IntrospectionKey[],
): Promise<IntrospectionCheck[]> {
  const rows = await db.query<Row>(CHECK, [
    keys.map(({ clientId }) => clientId),
    keys.map(({ sessionId }) => sessionId),
    keys.map(({ service }) => service?.clientId ?? null),
    keys.map(({ service }) => service?.jti ?? null),
  ])
  return rows.map((row) => ({
    client: toAskingClient(row),
    stay: row.session_id === null ? undefined : toStay(row as StayRow),
    serviceStands: row.service_stands,
  }))
}

function toAskingClient(row: Row): AskingClient | null {
  if (row.asking_id === null) return null
  return {
    id: row.asking_id,
    clientId: row.asking_name,
    secretHash: row.secret_hash,
    authMethod: row.auth_method,
    secretExpires: row.secret_expires,
    resources: row.resources ?? [],
  }
}
