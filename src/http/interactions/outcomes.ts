import { outcomes } from '../../monitoring/outcome.ts'
import type { EndCause, EndedSession } from '../../sessions/ending/end.ts'

/** Tells of sessions that have ended, after the commit; who hears it has the applications told. */
export function tellEnded(ended: readonly EndedSession[], cause?: EndCause): void {
  for (const one of ended)
    outcomes.publish({ kind: 'session.ended', cause: cause ?? one.cause, session: one.id })
}

export function tellLogin(
  outcome:
    | 'succeeded'
    | 'factor_required'
    | 'invalid_credentials'
    | 'wrong_factor'
    | 'throttled'
    | 'limit_reached'
    | 'form_expired'
    | 'unavailable',
) {
  outcomes.publish({ kind: 'login', outcome })
}
