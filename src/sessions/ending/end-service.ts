import type { Db } from '../../database/transaction.ts'
import type { ClientId, WorkspaceId } from '../../ids.ts'
import { unendedOfService } from '../sessions-of-store.ts'
import { type EndedSession, type Ending, endSessions } from './end.ts'

interface Service {
  readonly clientId: ClientId
  /** Null for all that it was admitted to. */
  readonly workspaceId: WorkspaceId | null
}

/**
 * Ends what a service itself holds; the sessions that it made for people are theirs.
 *
 * Called after its admission is gone, or the client, in that transaction: who makes a session holds
 * both, so one that was being made at the same time is either seen here or is never made.
 */
export async function endSessionsOfService(
  deps: { readonly db: Db },
  service: Service,
  ending: Ending,
): Promise<EndedSession[]> {
  const all: EndedSession[] = []
  for (;;) {
    const ids = await unendedOfService(deps.db, service)
    const ended = await endSessions(deps, { by: 'ids', value: ids }, ending)
    if (ended.length === 0) return all
    all.push(...ended)
  }
}
