import type { Db } from '../../database/transaction.ts'
import { FLUSH_SECONDS } from '../activity.ts'
import { clearIncarnation } from './clear-incarnation.ts'
import {
  clearUser,
  clearWorkspace,
  type EndCause,
  type EndedSession,
  endExpiredSessions,
  endLogins,
} from './end.ts'
import { unclearedUsers, unclearedWorkspaces } from './gate-store.ts'

interface Deps {
  readonly db: Db
}

/** A use counts though it is not written yet, on whichever node it was: one flush, and one more. */
export const IDLE_SLACK = 2 * FLUSH_SECONDS

const by = { kind: 'system' } as const
const IDLE = { cause: 'idle', by } as const
const ABSOLUTE = { cause: 'absolute', by } as const

/**
 * Ends what time has ended already, so that everyone who relied on it hears of it, and what a
 * process that died has left of an end of many.
 *
 * No check waits for this: each compares times and gates itself. Every row is judged again under
 * its lock.
 */
export async function sweep(deps: Deps): Promise<EndedSession[]> {
  return [
    ...(await endExpiredSessions(deps, { by: 'idle', value: IDLE_SLACK }, IDLE)),
    ...(await endExpiredSessions(deps, { by: 'absolute', value: 0 }, ABSOLUTE)),
    ...(await endLogins(deps, { by: 'idle', value: IDLE_SLACK }, IDLE)),
    ...(await endLogins(deps, { by: 'absolute', value: 0 }, ABSOLUTE)),
    ...(await clearGates(deps)),
    ...(await clearIncarnation(deps, by)),
  ]
}

async function clearGates(deps: Deps): Promise<EndedSession[]> {
  const ended: EndedSession[] = []
  for (const { id, cause } of await unclearedUsers<EndCause>(deps.db))
    ended.push(...(await clearUser(deps, id, { cause, by })))
  for (const { id } of await unclearedWorkspaces(deps.db))
    ended.push(...(await clearWorkspace(deps, id, { cause: 'workspace_archived', by })))
  return ended
}
