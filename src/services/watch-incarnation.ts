import type { Db } from '../database/transaction.ts'
import { loadIncarnation } from '../keys/incarnation.ts'
import type { Log } from '../log.ts'
import { outcomes } from '../monitoring/outcome.ts'

interface Deps {
  readonly db: Db
  readonly incarnation: string
  readonly log: Log
}

/**
 * Tells, once, when the database has begun another life than the one that this process works in.
 * All that this process accepts and makes is void from then on, so it must not go on.
 */
export function watchIncarnation({ db, incarnation, log }: Deps): () => Promise<void> {
  let told = false
  return async () => {
    if (told || (await loadIncarnation(db)) === incarnation) return
    told = true
    log.fatal({}, 'the database began a new incarnation; this process stops, start it again')
    outcomes.publish({ kind: 'incarnation_changed' })
  }
}
