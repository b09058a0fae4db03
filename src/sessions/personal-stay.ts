import { coalesce } from '../database/coalesce.ts'
import type { Sql } from '../database/sql.ts'
import type { SessionId } from '../ids.ts'
import type { User } from '../users/user.ts'
import type { BriefStay } from './brief-stay.ts'
import { readPersonalStays } from './personal-stay-store.ts'

/** A brief stay with the person in it, for whoever is told about them. */
export interface PersonalStay extends BriefStay {
  /** Null where a service stays. */
  readonly person: Person | null
}

export type Person = Pick<User, 'id' | 'username' | 'profile' | 'updatedAt'>

export type ReadPersonalStay = (id: SessionId) => Promise<PersonalStay | undefined>

/** Reads for the questions about people that are asked at about the same time, in one statement. */
export function personalStayReader(db: Sql): ReadPersonalStay {
  return coalesce((ids: readonly SessionId[]) => readPersonalStays(db, ids), {
    keyOf: (id) => id,
    maxBatch: 100,
    maxInFlight: 2,
  })
}
