import type { Sql } from '../database/sql.ts'
import type { ClientId, SessionId } from '../ids.ts'
import { insertParticipant } from './participant-store.ts'

/**
 * Remembers that a client got a code in a session, and so will hear of the session's end.
 *
 * It belongs into the transaction that saves the code and holds the session's row: an end that
 * commits in between would not find the client.
 */
export async function addParticipant(
  sql: Sql,
  sessionId: SessionId,
  clientId: ClientId,
): Promise<void> {
  await insertParticipant(sql, sessionId, clientId)
}
