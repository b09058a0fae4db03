import type { Sql } from '../../database/sql.ts'
import type { ClientId, GrantId } from '../../ids.ts'
import { type EndedSession, type Ending, endSessionIn } from './end.ts'
import {
  type ChosenGrants,
  type ConsentedPlace,
  closeGrants,
  offlineSessionsOf,
} from './end-grants-store.ts'

export interface EndedGrants {
  readonly grants: readonly GrantId[]
  /** Those that ended with them: an offline session with the one grant that it was for. */
  readonly sessions: readonly EndedSession[]
}

/** Ends what one client may do for one person in one workspace, in every session of theirs. */
export function endConsentedGrants(
  tx: Sql,
  place: ConsentedPlace,
  ending: Ending,
): Promise<EndedGrants> {
  return endGrants(tx, place, ending)
}

/** Ends what one client may do for anybody. */
export function endGrantsOfClient(tx: Sql, id: ClientId, ending: Ending): Promise<EndedGrants> {
  return endGrants(tx, id, ending)
}

/**
 * Looks again until nothing is left: a redemption that held a grant while we waited for it may
 * have begun an offline session, which a statement that was under way does not see. An offline
 * session has nothing else to live for, so it ends as a whole.
 */
async function endGrants(tx: Sql, chosen: ChosenGrants, ending: Ending): Promise<EndedGrants> {
  const { cause, by } = ending
  const grants: GrantId[] = []
  const sessions: EndedSession[] = []
  for (;;) {
    const offline = await offlineSessionsOf(tx, chosen)
    for (const id of offline) sessions.push(...(await endSessionIn(tx, id, ending)))
    const ended = await closeGrants(tx, chosen, {
      cause,
      actorKind: by.kind,
      actorId: by.id ?? null,
    })
    if (offline.length === 0 && ended.length === 0) return { grants, sessions }
    grants.push(...ended)
  }
}
