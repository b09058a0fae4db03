import { type ConsentPart, scopesOf } from '../consent/consent.ts'
import type { Sql, Statement } from '../database/sql.ts'
import type { LoginId, WorkspaceId } from '../ids.ts'
import type { StandingLogin } from '../sessions/login/foothold.ts'
import {
  type FootholdColumns,
  footholdObject,
  JOIN_LOGIN,
  toFoothold,
} from '../sessions/login/foothold-columns.ts'
import { toUser, USER_OBJECT, type UserColumns } from '../sessions/user-columns.ts'
import type { PersonCheck, PersonKey, Place } from './person.ts'

interface Row {
  readonly user_columns: UserColumns | null
  readonly login_id: LoginId | null
  readonly auth_time: Date
  readonly acr: string
  readonly amr: readonly string[]
  readonly absolute_end_at: Date
  readonly read_at: Date
  readonly places: readonly StoredPlace[] | null
}

interface StoredPlace {
  readonly id: WorkspaceId
  readonly slug: string
  readonly name: string
  readonly roles: readonly string[]
  readonly consented: readonly ConsentPart[] | null
  readonly foothold: FootholdColumns
}

const CHECK: Statement = {
  name: 'person_check',
  text: `SELECT CASE WHEN u.id IS NOT NULL THEN ${USER_OBJECT} END AS user_columns,
      l.id AS login_id, l.auth_time, l.acr, l.amr, l.absolute_end_at,
      statement_timestamp() AS read_at,
      (SELECT json_agg(p) FROM (
        SELECT w.id, w.slug, w.name, m.roles,
          (SELECT s.scopes FROM consent s WHERE s.user_id = k.user_id
            AND s.workspace_id = w.id AND s.client_id = k.client_id AND s.withdrawn_at IS NULL)
          AS consented, ${footholdObject('$6')} AS foothold
        FROM membership m JOIN workspace w ON w.id = m.workspace_id AND w.state = 'active'
        WHERE m.user_id = k.user_id AND (k.workspace_id IS NULL OR w.id = k.workspace_id)
          AND (k.slug IS NULL OR w.slug = k.slug)
        LIMIT 2) p) AS places
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) WITH ORDINALITY
      AS k(user_id, login_id, client_id, workspace_id, slug, place)
    LEFT JOIN "user" u ON u.id = k.user_id
    ${JOIN_LOGIN}
    ORDER BY k.place`,
}

/** One check for each key, in the keys' order; a workspace's key is due after so many seconds. */
export async function checkPeople(
  db: Sql,
  keys: readonly PersonKey[],
  epochRotation: number,
): Promise<PersonCheck[]> {
  const rows = await db.query<Row>(CHECK, [
    keys.map(({ userId }) => userId),
    keys.map(({ loginId }) => loginId),
    keys.map(({ clientId }) => clientId),
    keys.map(({ workspaceId }) => workspaceId),
    keys.map(({ slug }) => slug),
    epochRotation,
  ])
  return rows.map(toCheck)
}

function toCheck(row: Row): PersonCheck {
  const { user_columns, places, read_at: readAt } = row
  return {
    user: user_columns && toUser(user_columns),
    login: toLogin(row),
    places: (places ?? []).map((place) => toPlace(place, readAt)),
  }
}

function toLogin(row: Row): StandingLogin | null {
  if (!row.login_id || !row.user_columns) return null
  return {
    id: row.login_id,
    userId: row.user_columns.id,
    authTime: row.auth_time,
    acr: row.acr,
    amr: row.amr,
    absoluteEndAt: row.absolute_end_at,
    readAt: row.read_at,
  }
}

function toPlace({ consented, foothold, ...workspace }: StoredPlace, readAt: Date): Place {
  return {
    workspace,
    consented: consented && scopesOf(consented),
    foothold: toFoothold(foothold, readAt),
  }
}
