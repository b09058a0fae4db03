import type { Sql, Statement } from '../database/sql.ts'
import type { SessionId } from '../ids.ts'
import type { CheckedSession } from './session.ts'
import { CHECK_COLUMNS, type CheckRow, toCheckedSession } from './session-store.ts'

/** A live session and what operators call its holder. */
export interface ListedSession extends CheckedSession {
  readonly username: string | null
  readonly clientName: string | null
}

type Row = CheckRow & { readonly username: string | null; readonly client_name: string | null }

const LISTED: Statement = {
  name: 'sessions_listed',
  text: `SELECT ${CHECK_COLUMNS}, u.username, k.client_id AS client_name FROM session_check c
    LEFT JOIN "user" u ON u.id = c.user_id
    LEFT JOIN client k ON k.id = c.service_client_id
    WHERE c.session_id = ANY($1::uuid[]) AND c.refusal IS NULL`,
}

/** Those of them that may be used now. */
export async function readListed(
  db: Sql,
  ids: readonly SessionId[],
): Promise<ReadonlyMap<SessionId, ListedSession>> {
  const rows = await db.query<Row>(LISTED, [ids])
  return new Map(
    rows.map((row) => [
      row.session_id,
      { ...toCheckedSession(row), username: row.username, clientName: row.client_name },
    ]),
  )
}
