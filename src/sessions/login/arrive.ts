import type { Sql } from '../../database/sql.ts'
import { sqlState } from '../../database/unavailable.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { Arrival } from './arrival.ts'
import { beginSession, saveCode, saveCodeAndGrant } from './arrival-store.ts'

interface Deps {
  readonly db: Sql
  readonly keyring: Pick<Keyring, 'forgetSession'>
}

/** What the database says of a barrier that came up while a session was begun (`refuse_if_barred`). */
const BARRED = 'SJ001'

/**
 * Writes an arrival in one statement that holds all it stands on, in the order in which everyone
 * locks: login, user, membership, workspace, session, grant. What ends one of them first refuses
 * it; what comes later finds everything.
 *
 * False where something is not as it was read: nothing was given out, and whoever reads again
 * learns what has changed.
 */
export async function arrive({ db, keyring }: Deps, arrival: Arrival): Promise<boolean> {
  const { session, beginning, grant } = arrival
  if (!beginning)
    return grant.how === 'stands' ? saveCode(db, arrival) : saveCodeAndGrant(db, arrival)
  const begun = await beginSession(db, { ...arrival, beginning }).catch(unlessBarred)
  if (!begun) keyring.forgetSession(session.id)
  return begun
}

function unlessBarred(error: unknown): false {
  if (sqlState(error) === BARRED) return false
  throw error
}
