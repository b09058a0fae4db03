import type { Actor } from '../../audit/append-entry.ts'
import type { Db } from '../../database/transaction.ts'
import { noteCleared, unclearedIncarnation } from '../../keys/incarnation.ts'
import { type EndedSession, endExpiredSessions, endLogins } from './end.ts'

/** Ends all sessions and logins that are older than the database's present life, once. */
export async function clearIncarnation(
  deps: { readonly db: Db },
  by: Actor,
): Promise<EndedSession[]> {
  const incarnation = await unclearedIncarnation(deps.db)
  if (incarnation === null) return []
  const chosen = { by: 'incarnation', value: incarnation } as const
  const ending = { cause: 'restored', by } as const
  const ended = [
    ...(await endExpiredSessions(deps, chosen, ending)),
    ...(await endLogins(deps, chosen, ending)),
  ]
  await noteCleared(deps.db, incarnation)
  return ended
}
