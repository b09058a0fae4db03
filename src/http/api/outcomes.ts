import { outcomes } from '../../monitoring/outcome.ts'
import type { EndedSession } from '../../sessions/ending/end.ts'

/** Tells of sessions that have ended, after the commit; who hears it has the applications told. */
export function tellEnds(ended: readonly EndedSession[]): void {
  for (const { id, cause } of ended) outcomes.publish({ kind: 'session.ended', cause, session: id })
}

export function tellCreated(kind: 'api' | 'service'): void {
  outcomes.publish({ kind: 'session.created', session_kind: kind })
}
