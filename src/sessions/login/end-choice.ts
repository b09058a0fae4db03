import type { Db } from '../../database/transaction.ts'
import { parseId, type UserId } from '../../ids.ts'
import { type EndedSession, endLogin, endSession } from '../ending/end.ts'
import { isLoginOf, isSessionOf } from '../ending/owner-store.ts'

/**
 * Ends a login or a session that its person has chosen to make room with, by its identifier outside.
 * What is not theirs is no more there than what has ended.
 */
export async function endChoice(
  deps: { readonly db: Db },
  userId: UserId,
  chosen: string,
): Promise<readonly EndedSession[]> {
  const by = { kind: 'user', id: userId } as const
  const ending = { cause: 'evicted', by, detail: { because: 'chosen' } } as const
  const loginId = parseId('lgn', chosen)
  if (loginId)
    return (await isLoginOf(deps.db, loginId, userId)) ? endLogin(deps, loginId, ending) : []
  const sessionId = parseId('ses', chosen)
  if (!sessionId || !(await isSessionOf(deps.db, sessionId, userId))) return []
  const ended = await endSession(deps, sessionId, ending)
  return ended ? [ended] : []
}
