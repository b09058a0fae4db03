import type { Sql } from '../database/sql.ts'
import type { ClientId, GrantId } from '../ids.ts'
import type { Ending } from './end.ts'
import {
  type ConsentedPlace,
  closeConsentedGrants,
  closeGrantsOfClient,
  type EndedBy,
} from './end-grants-store.ts'

/** Ends what one client may do for one person in one workspace, in every session of theirs. */
export function endConsentedGrants(
  db: Sql,
  place: ConsentedPlace,
  ending: Ending,
): Promise<GrantId[]> {
  return closeConsentedGrants(db, place, endedBy(ending))
}

/** Ends what one client may do for anybody. */
export function endGrantsOfClient(db: Sql, id: ClientId, ending: Ending): Promise<GrantId[]> {
  return closeGrantsOfClient(db, id, endedBy(ending))
}

function endedBy({ cause, by }: Ending): EndedBy {
  return { cause, actorKind: by.kind, actorId: by.id ?? null }
}
