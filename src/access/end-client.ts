import type { Actor } from '../audit/append-entry.ts'
import type { Db } from '../database/transaction.ts'
import type { ClientId } from '../ids.ts'
import { type EndedGrants, endGrantsOfClient } from '../sessions/ending/end-grants.ts'
import { endSessionsOfService } from '../sessions/ending/end-service.ts'

/** What stood on a client that was just taken away: its grants, and what it held as a service. */
export async function endAllOfClient(tx: Db, id: ClientId, by: Actor): Promise<EndedGrants> {
  const ending = { cause: 'client_removed', by } as const
  const { grants, sessions } = await endGrantsOfClient(tx, id, ending)
  const held = await endSessionsOfService({ db: tx }, { clientId: id, workspaceId: null }, ending)
  return { grants, sessions: [...sessions, ...held] }
}
