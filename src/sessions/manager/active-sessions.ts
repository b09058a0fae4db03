import type { Db } from '../../database/transaction.ts'
import type { UserId } from '../../ids.ts'
import { liveSessionsOf } from '../session-store.ts'
import { type Reach, reaches } from './reach.ts'
import { type SessionView, viewOf } from './session-view.ts'
import { checkSessionTokens } from './token-check-store.ts'

/** A person's live sessions within the caller's reach, the youngest first. */
export async function activeSessionsOf(
  db: Db,
  userId: UserId,
  reach: Reach | undefined,
): Promise<SessionView[]> {
  const live = (await liveSessionsOf(db, userId)).filter((session) => reaches(reach, session))
  const checks = await checkSessionTokens(
    db,
    live.map(({ id }) => id),
  )
  return live
    .flatMap(({ id }) => checks.get(id) ?? [])
    .filter(({ session }) => session.refusal === null)
    .reverse()
    .map(viewOf)
}
