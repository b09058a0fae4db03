import type { Database } from '../database/database.ts'
import { migrationStatus } from '../database/migrate.ts'
import type { Log } from '../log.ts'
import { followOutcomes } from './outcome.ts'

export type Check = 'ok' | 'failing'

/** Whether requests should be sent here, and which part says no. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<
    Record<'database' | 'migrations' | 'keys' | 'history' | 'process', Check>
  >
}

export interface Doctor {
  examine(): Promise<Readiness>
  /** From now on not ready: nothing new should come while the last requests are answered. */
  drain(): void
  close(): void
}

interface Deps extends Pick<Database, 'pool'> {
  readonly log: Log
  readonly keys: () => { readonly active: readonly unknown[] }
}

/** Whoever asks cannot make the database work harder than this. */
const FRESH = 1_000

export function createDoctor(deps: Deps): Doctor {
  let draining = false
  let historyHolds = true
  let last: Promise<Readiness> | null = null
  let until = 0

  // A genuine token from a future that the database does not know: it went back in time, and
  // whoever was logged out since may be logged in again.
  const close = followOutcomes(({ kind }) => {
    if (kind === 'incarnation_changed') historyHolds = false
    if (kind !== 'time_went_backwards') return
    historyHolds = false
    deps.log.fatal({}, 'the database went back in time; not ready until this server is restarted')
  })

  async function look(): Promise<Readiness> {
    const migrations = await checkMigrations(deps)
    const checks = {
      database: migrations === null ? 'failing' : 'ok',
      migrations: word(migrations ?? false),
      keys: word(deps.keys().active.length > 0),
      history: word(historyHolds),
      process: word(!draining),
    } as const
    return { ready: Object.values(checks).every((check) => check === 'ok'), checks }
  }

  return {
    examine: () => {
      if (last && performance.now() < until) return last
      until = performance.now() + FRESH
      last = look()
      return last
    },
    drain: () => {
      draining = true
      until = 0
    },
    close,
  }
}

/** Null when the database does not answer. A newer database is fine: nodes are replaced one by one. */
async function checkMigrations({ pool, log }: Deps): Promise<boolean | null> {
  try {
    const { pending, edited } = await migrationStatus(pool)
    return pending.length === 0 && edited.length === 0
  } catch (error) {
    log.warn({ err: error }, 'not ready: the database does not answer')
    return null
  }
}

function word(fine: boolean): Check {
  return fine ? 'ok' : 'failing'
}
