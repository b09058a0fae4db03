import type { Db } from '../../database/transaction.ts'
import type { UserId, WorkspaceId } from '../../ids.ts'
import { unendedOfMember } from '../sessions-of-store.ts'
import { type EndedSession, type Ending, endSessions } from './end.ts'

interface Member {
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
}

/**
 * Ends every session of one person in one workspace, offline ones included.
 *
 * Called after the membership is gone, in its transaction: entering holds the membership, so a
 * session that was being made at the same time is either seen here or is never made.
 */
export async function endSessionsOfMember(
  deps: { readonly db: Db },
  { userId, workspaceId }: Member,
  ending: Ending,
): Promise<EndedSession[]> {
  const all: EndedSession[] = []
  for (;;) {
    const ids = await unendedOfMember(deps.db, userId, workspaceId)
    const ended = await endSessions(deps, { by: 'ids', value: ids }, ending)
    if (ended.length === 0) return all
    all.push(...ended)
  }
}
