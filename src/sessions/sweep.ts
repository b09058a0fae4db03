import type { Db } from '../database/transaction.ts'
import { FLUSH_SECONDS } from './activity.ts'
import { type EndedSession, endLogin, endSessions } from './end.ts'
import { expiredLogins } from './sweep-store.ts'

/**
 * Ends what time has ended already, so that everyone who relied on it hears of it.
 *
 * No check waits for this: each compares times itself. The idle time is given two flush intervals
 * more, and every row is judged again under its lock.
 */
export async function sweep(deps: { readonly db: Db }): Promise<EndedSession[]> {
  const by = { kind: 'system' } as const
  const ended = [
    ...(await endSessions(deps, { by: 'idle', value: 2 * FLUSH_SECONDS }, { cause: 'idle', by })),
    ...(await endSessions(deps, { by: 'absolute', value: 0 }, { cause: 'absolute', by })),
  ]
  for (const { id, cause } of await expiredLogins(deps.db, 2 * FLUSH_SECONDS))
    ended.push(...(await endLogin(deps, id, { cause, by })))
  return ended
}
