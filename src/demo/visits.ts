import { EventEmitter } from 'node:events'
import { createExpiring } from './expiring.ts'
import type { Tokens, Visit } from './visit.ts'

export type Ending = 'logged_out_elsewhere' | 'session_ended' | 'replaced'

export interface Visits {
  /** False when the provider ended that session while its login was still under way. */
  readonly open: (visit: Visit) => boolean
  readonly find: (id: string) => Visit | null
  /** Why a visit is over, as long as somebody may come back and wonder. */
  readonly endingOf: (id: string) => Ending | null
  /** Null when the visit ended meanwhile: a late refresh brings nothing back. */
  readonly renew: (id: string, tokens: Tokens) => Visit | null
  readonly end: (id: string, ending: Ending | null) => void
  /** Ends what belongs to one session of the provider, or to all sessions of a person. */
  readonly endSessions: (named: Named) => void
  /** Calls back once, when the visit ends; gives the function that stops watching. */
  readonly watch: (id: string, onEnd: () => void) => () => void
}

/** At least one of the two, as in a logout token. */
export interface Named {
  readonly sid: string | null
  readonly sub: string | null
}

const MINUTE = 60_000
const LIMIT = 10_000

/** The memory of one application. */
export function createVisits(): Visits {
  const visits = createExpiring<Visit>({ lifetime: 12 * 60 * MINUTE, limit: LIMIT })
  const endings = createExpiring<Ending>({ lifetime: 10 * MINUTE, limit: LIMIT })
  const endedSessions = createExpiring<true>({ lifetime: 10 * MINUTE, limit: LIMIT })
  const watchers = new EventEmitter().setMaxListeners(0)

  return {
    open: (visit) => {
      if (endedSessions.get(visit.sid)) return false
      visits.set(visit.id, visit)
      return true
    },
    find: (id) => visits.get(id) ?? null,
    endingOf: (id) => endings.get(id) ?? null,
    renew: (id, tokens) => {
      const visit = visits.get(id)
      if (!visit) return null
      const renewed = { ...visit, tokens }
      visits.set(id, renewed)
      return renewed
    },
    end,
    endSessions: (named) => {
      if (named.sid !== null) endedSessions.set(named.sid, true)
      const ended = visits.values().filter((visit) => isNamed(visit, named))
      for (const { id } of ended) end(id, 'logged_out_elsewhere')
    },
    watch: (id, onEnd) => {
      watchers.once(id, onEnd)
      return () => watchers.off(id, onEnd)
    },
  }

  function end(id: string, ending: Ending | null): void {
    if (!visits.take(id)) return
    if (ending) endings.set(id, ending)
    watchers.emit(id)
  }
}

/** A token that names a session ends that one alone; `sub` then only says whose it is. */
function isNamed(visit: Visit, { sid, sub }: Named): boolean {
  return (sid === null || visit.sid === sid) && (sub === null || visit.person.sub === sub)
}
