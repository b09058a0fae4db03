import type { Db } from '../../database/transaction.ts'
import type { LoginId, SessionId, UserId } from '../../ids.ts'
import { type EndedSession, endLogin, endLogins, endSession } from './end.ts'
import { isLoginOf, isSessionOf } from './owner-store.ts'

interface Deps {
  readonly db: Db
}

/** Ends a session of this person; one of somebody else is no more there than one that has ended. */
export async function endOwnSession(
  deps: Deps,
  userId: UserId,
  id: SessionId,
): Promise<EndedSession[]> {
  if (!(await isSessionOf(deps.db, id, userId))) return []
  const ended = await endSession(deps, id, { cause: 'left_workspace', by: by(userId) })
  return ended ? [ended] : []
}

/** Ends a login of this person with all its sessions, under the same terms. */
export async function endOwnLogin(
  deps: Deps,
  userId: UserId,
  id: LoginId,
): Promise<EndedSession[]> {
  if (!(await isLoginOf(deps.db, id, userId))) return []
  return endLogin(deps, id, { cause: 'logout', by: by(userId) })
}

/** Leaves this person no login but one; offline sessions stay. */
export function endOtherLogins(deps: Deps, userId: UserId, kept: LoginId): Promise<EndedSession[]> {
  const ending = { cause: 'logout_everywhere', by: by(userId) } as const
  return endLogins(deps, { by: 'others', value: kept }, ending)
}

function by(id: UserId) {
  return { kind: 'user', id } as const
}
