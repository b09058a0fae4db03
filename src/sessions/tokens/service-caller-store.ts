import type { Sql, Statement } from '../../database/sql.ts'
import type { ClientId, WorkspaceId } from '../../ids.ts'
import type { ServiceCaller, ServiceToken } from './service-caller.ts'

interface Row {
  readonly place: string
  readonly client_id: ClientId
  readonly workspace_ids: readonly WorkspaceId[] | null
}

const STANDING: Statement = {
  name: 'service_callers',
  text: `SELECT q.place, k.id AS client_id,
      (SELECT array_agg(a.workspace_id) FROM admission a
        JOIN workspace w ON w.id = a.workspace_id AND w.state = 'active'
        WHERE a.client_id = k.id) AS workspace_ids
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS q(name, jti, place)
    JOIN client k ON k.client_id = q.name AND k.disabled_at IS NULL
    WHERE NOT EXISTS (SELECT FROM revoked_token r WHERE r.jti = q.jti)`,
}

/** By the jti of each token that still stands. */
export async function standingCallers(
  db: Sql,
  tokens: readonly ServiceToken[],
): Promise<ReadonlyMap<string, ServiceCaller>> {
  const rows = await db.query<Row>(STANDING, [
    tokens.map(({ client }) => client),
    tokens.map(({ jti }) => jti),
  ])
  return new Map(
    rows.map(({ place, client_id: clientId, workspace_ids }) => [
      tokens[Number(place) - 1]?.jti ?? '',
      { clientId, workspaceIds: new Set(workspace_ids) },
    ]),
  )
}
