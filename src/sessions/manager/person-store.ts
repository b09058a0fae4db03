import type { Sql, Statement } from '../../database/sql.ts'
import type { UserId, WorkspaceId } from '../../ids.ts'

/** A person, as far as whoever looks may see: the workspaces of theirs that both are in. */
export interface Person {
  readonly id: UserId
  /** At least one. */
  readonly places: readonly Place[]
}

export interface Place {
  readonly workspaceId: WorkspaceId
  readonly slug: string
  readonly roles: readonly string[]
}

interface Row {
  readonly user_id: UserId
  readonly workspace_id: WorkspaceId
  readonly slug: string
  readonly roles: readonly string[]
}

const BY_ID = personBy('id')
const BY_EXTERNAL_ID = personBy('external_id')

// Who is elsewhere and who is nowhere leave the same trace: no row of the one statement.
function personBy(column: string): Statement {
  return {
    name: `person_within_by_${column}`,
    text: `SELECT u.id AS user_id, w.id AS workspace_id, w.slug, m.roles
      FROM "user" u
      JOIN membership m ON m.user_id = u.id AND m.workspace_id = ANY($2::uuid[])
      JOIN workspace w ON w.id = m.workspace_id AND w.state = 'active'
      WHERE u.${column} = $1 AND u.state = 'active'`,
  }
}

export function selectPerson(
  db: Sql,
  id: UserId,
  within: readonly WorkspaceId[],
): Promise<Person | null> {
  return personOf(db, BY_ID, [id, within])
}

export function selectPersonByExternalId(
  db: Sql,
  externalId: string,
  within: readonly WorkspaceId[],
): Promise<Person | null> {
  return personOf(db, BY_EXTERNAL_ID, [externalId, within])
}

async function personOf(
  db: Sql,
  statement: Statement,
  values: readonly unknown[],
): Promise<Person | null> {
  const rows = await db.query<Row>(statement, values)
  const [first] = rows
  return first ? { id: first.user_id, places: rows.map(toPlace) } : null
}

function toPlace({ workspace_id: workspaceId, slug, roles }: Row): Place {
  return { workspaceId, slug, roles }
}
