import { outcomes } from '../../monitoring/outcome.ts'
import type { EndCause, EndedSession } from '../../sessions/ending/end.ts'

/** Tells of sessions that have ended, after the commit; who hears it has the applications told. */
export function tellEnded(ended: readonly EndedSession[], cause: EndCause): void {
  for (const { id } of ended) outcomes.publish({ kind: 'session.ended', cause, session: id })
}

export function tellLogin(
  outcome:
    | 'succeeded'
    | 'factor_required'
    | 'invalid_credentials'
    | 'wrong_factor'
    | 'throttled'
    | 'unavailable',
) {
  outcomes.publish({ kind: 'login', outcome })
}
