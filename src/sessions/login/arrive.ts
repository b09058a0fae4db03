import type { Sql } from '../../database/sql.ts'
import { sqlState } from '../../database/unavailable.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { EndedSession } from '../ending/end.ts'
import type { Coming } from '../limits/coming.ts'
import { LimitReached } from '../limits/limit-reached.ts'
import { makeRoom } from '../limits/make-room.ts'
import type { Arrival } from './arrival.ts'
import { beginSession, heldDoor, saveCode, saveCodeAndGrant } from './arrival-store.ts'

interface Deps {
  readonly db: Sql
  readonly keyring: Pick<Keyring, 'forgetSession'>
}

/** What the database says of a barrier that came up while a session was begun (`refuse_if_barred`). */
const BARRED = 'SJ001'

/**
 * Writes an arrival in one statement that holds all it stands on, in the order in which everyone
 * locks: login, user, membership, workspace, session, grant. What ends one of them first refuses
 * it; what comes later finds everything. Where limits apply, room is made before it, in the caller's
 * transaction.
 *
 * Resolves to the sessions that made room, mostly none; null where something is not as it was read,
 * and the caller's transaction is to be rolled back: whoever reads again learns what has changed.
 */
export async function arrive(
  { db, keyring }: Deps,
  arrival: Arrival,
): Promise<readonly EndedSession[] | null> {
  try {
    const evicted = arrival.coming ? await roomFor(db, arrival, arrival.coming) : []
    if (evicted && (await write(db, arrival))) return evicted
  } catch (error) {
    if (!(error instanceof LimitReached) && sqlState(error) !== BARRED) throw error
  }
  if (arrival.beginning) keyring.forgetSession(arrival.session.id)
  return null
}

/** Null where what the arrival stands on is gone. */
async function roomFor(
  tx: Sql,
  arrival: Arrival,
  coming: Coming,
): Promise<readonly EndedSession[] | null> {
  const { userId } = coming.comer
  const by = { kind: 'user', ...(userId && { id: userId }) } as const
  let stands = false
  const hold = async () => {
    stands = await heldDoor(tx, arrival)
  }
  const evicted = await makeRoom(tx, coming, { by, hold })
  return stands ? evicted : null
}

async function write(db: Sql, { beginning, ...arrival }: Arrival): Promise<boolean> {
  if (beginning) return beginSession(db, { ...arrival, beginning })
  const whole = { ...arrival, beginning }
  return arrival.grant.how === 'stands' ? saveCode(db, whole) : saveCodeAndGrant(db, whole)
}
