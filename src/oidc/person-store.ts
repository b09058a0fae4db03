import { type ConsentPart, scopesOf } from '../consent/consent.ts'
import type { Sql, Statement } from '../database/sql.ts'
import type { WorkspaceId } from '../ids.ts'
import { toUser, USER_OBJECT, type UserColumns } from '../sessions/user-columns.ts'
import type { PersonCheck, PersonKey } from './person.ts'

interface Row {
  readonly user_columns: UserColumns | null
  readonly places: readonly StoredPlace[] | null
}

interface StoredPlace {
  readonly id: WorkspaceId
  readonly consented: readonly ConsentPart[] | null
}

const CHECK: Statement = {
  name: 'person_check',
  text: `SELECT CASE WHEN u.id IS NOT NULL THEN ${USER_OBJECT} END AS user_columns,
      (SELECT json_agg(p) FROM (
        SELECT w.id, (SELECT s.scopes FROM consent s WHERE s.user_id = k.user_id
            AND s.workspace_id = w.id AND s.client_id = k.client_id AND s.withdrawn_at IS NULL)
          AS consented
        FROM membership m JOIN workspace w ON w.id = m.workspace_id AND w.state = 'active'
        WHERE m.user_id = k.user_id AND (k.workspace_id IS NULL OR w.id = k.workspace_id)
          AND (k.slug IS NULL OR w.slug = k.slug)
        LIMIT 2) p) AS places
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) WITH ORDINALITY
      AS k(user_id, client_id, workspace_id, slug, place)
    LEFT JOIN "user" u ON u.id = k.user_id
    ORDER BY k.place`,
}

/** One check for each key, in the keys' order. */
export async function checkPeople(db: Sql, keys: readonly PersonKey[]): Promise<PersonCheck[]> {
  const rows = await db.query<Row>(CHECK, [
    keys.map(({ userId }) => userId),
    keys.map(({ clientId }) => clientId),
    keys.map(({ workspaceId }) => workspaceId),
    keys.map(({ slug }) => slug),
  ])
  return rows.map((row) => ({
    user: row.user_columns && toUser(row.user_columns),
    places: (row.places ?? []).map(({ id, consented }) => ({
      workspaceId: id,
      consented: consented && scopesOf(consented),
    })),
  }))
}
