import type { Sql, Statement } from '../database/sql.ts'
import type { ClientId, GrantId, UserId, WorkspaceId } from '../ids.ts'

/** In the order of identifiers, so that two ends of many never wait for each other in a circle. */
function ending(name: string, chosen: string, values: number): Statement {
  const [cause, actorKind, actorId] = [1, 2, 3].map((next) => `$${values + next}`)
  return {
    name,
    text: `
      WITH chosen AS MATERIALIZED (
        SELECT g.id, s.workspace_id FROM "grant" g JOIN session s ON s.id = g.session_id
        WHERE g.ended_at IS NULL AND ${chosen} ORDER BY g.id FOR UPDATE OF g),
      ended AS (
        UPDATE "grant" g SET ended_at = clock_timestamp(), end_cause = ${cause} FROM chosen c
        WHERE g.id = c.id RETURNING g.id, c.workspace_id),
      written AS (
        INSERT INTO entry (id, action, actor_kind, actor_id, subject_kind, subject_id, workspace_id,
          detail, at)
        SELECT gen_random_uuid(), 'grant.ended', ${actorKind}, ${actorId}, 'grant', e.id,
          e.workspace_id, jsonb_build_object('cause', ${cause}::text), clock_timestamp()
        FROM ended e)
      SELECT id FROM ended`,
  }
}

const CONSENTED = ending(
  'grants_end_consented',
  'g.client_id = $1 AND s.user_id = $2 AND s.workspace_id = $3',
  3,
)

const OF_CLIENT = ending('grants_end_of_client', 'g.client_id = $1', 1)

export interface EndedBy {
  readonly cause: string
  readonly actorKind: string
  readonly actorId: string | null
}

export interface ConsentedPlace {
  readonly clientId: ClientId
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
}

export function closeConsentedGrants(
  db: Sql,
  { clientId, userId, workspaceId }: ConsentedPlace,
  by: EndedBy,
): Promise<GrantId[]> {
  return close(db, CONSENTED, [clientId, userId, workspaceId], by)
}

export function closeGrantsOfClient(db: Sql, id: ClientId, by: EndedBy): Promise<GrantId[]> {
  return close(db, OF_CLIENT, [id], by)
}

async function close(
  db: Sql,
  statement: Statement,
  chosen: readonly string[],
  { cause, actorKind, actorId }: EndedBy,
): Promise<GrantId[]> {
  const values = [...chosen, cause, actorKind, actorId]
  const rows = await db.query<{ id: GrantId }>(statement, values)
  return rows.map(({ id }) => id)
}
