import type { Sql, Statement } from '../../database/sql.ts'
import { BRIEF_COLUMNS, BRIEF_JOINS, type BriefRow, foldStays } from '../brief-stay-store.ts'
import { ELEVATED, type ElevatedColumn, toElevated } from '../elevation-column.ts'
import type { AskingClient, IntrospectionCheck, IntrospectionKey } from './introspection.ts'

type Row = BriefRow &
  (AskingRow | NobodyRow) &
  ElevatedColumn & { readonly service_stands: boolean }

interface AskingRow {
  readonly asking: true
  readonly secret_hash: Buffer | null
  readonly auth_method: string | null
  readonly secret_expires: boolean
  readonly resources: readonly string[] | null
}

interface NobodyRow {
  readonly asking: null
}

// Most of a batch is asked by one client: read apart, it is read once. The look for a revoked token
// is no EXISTS, for which the planner reads all revoked tokens there are.
const CHECK: Statement = {
  name: 'introspection_check',
  text: `SELECT a.*,
      sc.id IS NOT NULL AND (SELECT r.jti FROM revoked_token r WHERE r.jti = k.jti) IS NULL
        AS service_stands,
      ${ELEVATED} AS elevated, ${BRIEF_COLUMNS}
    FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY
      AS k(client_id, session_id, service, jti, place)
    LEFT JOIN LATERAL (
      SELECT true AS asking, client.secret_hash,
        client.metadata->>'token_endpoint_auth_method' AS auth_method,
        COALESCE(client.metadata->>'client_secret_expires_at', '0') <> '0' AS secret_expires,
        (SELECT array_agg(r.identifier) FROM resource r WHERE r.client_id = client.id) AS resources
      FROM client WHERE client.client_id = k.client_id AND client.disabled_at IS NULL
      OFFSET 0) a ON true
    LEFT JOIN client sc ON sc.client_id = k.service AND sc.disabled_at IS NULL
    ${BRIEF_JOINS}
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
  return foldStays(rows).map(({ row, stay }, at) => ({
    client: row.asking ? toAskingClient(row, keys[at]!.clientId) : null,
    stay: stay && { ...stay, elevated: toElevated(row) },
    serviceStands: row.service_stands,
  }))
}

function toAskingClient(row: AskingRow, clientId: string): AskingClient {
  return {
    clientId,
    secretHash: row.secret_hash,
    authMethod: row.auth_method,
    secretExpires: row.secret_expires,
    resources: row.resources ?? [],
  }
}
