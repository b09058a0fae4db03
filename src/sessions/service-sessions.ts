import type { Sql } from '../database/sql.ts'
import type { ClientId, SessionId, WorkspaceId } from '../ids.ts'
import { unendedOfService } from './sessions-of-store.ts'

/** The sessions that a service itself holds in a workspace; those it made for people are theirs. */
export function serviceSessionsIn(
  db: Sql,
  place: { readonly clientId: ClientId; readonly workspaceId: WorkspaceId },
): Promise<SessionId[]> {
  return unendedOfService(db, place.clientId, place.workspaceId)
}
