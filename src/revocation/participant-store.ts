import type { Sql } from '../database/sql.ts'
import type { ClientId, SessionId } from '../ids.ts'

const INSERT = {
  name: 'participant_insert',
  text: `
    INSERT INTO participant (session_id, client_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
}

export async function insertParticipant(
  db: Sql,
  sessionId: SessionId,
  clientId: ClientId,
): Promise<void> {
  await db.execute(INSERT, [sessionId, clientId])
}
