import type { Actor } from '../../audit/append-entry.ts'
import type { Db } from '../../database/transaction.ts'
import type { UserId, WorkspaceId } from '../../ids.ts'
import { type EndedSession, type Ending, endSession, endSessions, endUser } from '../ending/end.ts'
import { unendedOfUserIn } from '../sessions-of-store.ts'
import { openSessionToken } from './open-session-token.ts'
import { type Reach, workspacesOfReach } from './reach.ts'
import { asError } from './renew-session.ts'
import type { ValidateDeps } from './validate-session.ts'

type Deps = Pick<ValidateDeps, 'db' | 'config' | 'serverKeys' | 'keyring' | 'tokenChecks'>

export interface TerminateOptions {
  readonly by: Actor
  readonly reach?: Reach
}

/** Null when it had ended before, which is no error. */
export async function terminateSession(
  deps: Deps,
  sessionToken: string,
  { by, reach }: TerminateOptions,
): Promise<EndedSession | null> {
  const opened = await openSessionToken(deps, sessionToken, reach)
  if (!opened.opened) throw asError(opened.reason)
  return endSession(deps, opened.check.session.id, { cause: 'administrator', by })
}

/**
 * Logs a person out on all devices; offline sessions stay.
 *
 * Who calls reaches no further than the workspaces that it may see: there the sessions end, and the
 * person's logins, which open other workspaces too, live on.
 */
export async function terminateAllUserSessions(
  deps: { readonly db: Db },
  userId: UserId,
  { by, reach }: TerminateOptions,
): Promise<EndedSession[]> {
  if (reach?.of === 'user' && reach.userId !== userId) return []
  if (reach) return endWithin(deps, { userId, workspaceIds: workspacesOfReach(reach) }, by)
  return endUser(deps, userId, { cause: 'logout_everywhere', by })
}

async function endWithin(
  deps: { readonly db: Db },
  place: { readonly userId: UserId; readonly workspaceIds: readonly WorkspaceId[] },
  by: Actor,
): Promise<EndedSession[]> {
  const ending: Ending = { cause: 'administrator', by }
  const all: EndedSession[] = []
  for (;;) {
    const ids = await unendedOfUserIn(deps.db, place.userId, place.workspaceIds)
    const ended = await endSessions(deps, { by: 'ids', value: ids }, ending)
    if (ended.length === 0) return all
    all.push(...ended)
  }
}
