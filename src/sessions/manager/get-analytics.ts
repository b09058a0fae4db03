import { DomainError } from '../../errors.ts'
import type { SessionId } from '../../ids.ts'
import type { Figures } from './figures.ts'
import { readFigures } from './figures-store.ts'
import { openSessionToken } from './open-session-token.ts'
import { asError } from './renew-session.ts'
import type { ValidateDeps, ValidateOptions } from './validate-session.ts'

export interface SessionAnalytics extends Omit<Figures, 'failures'> {
  readonly sessionId: SessionId
  /** Minutes, from its creation to now or to its end. */
  readonly duration: number
  readonly lastActivity: Date
  readonly failedValidations: Figures['failures']
  readonly renewals: number
}

/** How a session was used until now, ended or not; the counters are at most a few seconds behind. */
export async function getSessionAnalytics(
  deps: Pick<ValidateDeps, 'db' | 'config' | 'serverKeys' | 'keyring' | 'tokenChecks'>,
  sessionToken: string,
  { reach }: Pick<ValidateOptions, 'reach'> = {},
): Promise<SessionAnalytics> {
  const opened = await openSessionToken(deps, sessionToken, reach)
  if (!opened.opened) throw asError(opened.reason)
  const { session, endedAt, generation } = opened.check
  const figures = await readFigures(deps.db, session.id)
  if (!figures) throw new DomainError('session_not_found', 'no such session')
  const { failures, ...rest } = figures
  const until = (endedAt ?? session.readAt).getTime()
  return {
    sessionId: session.id,
    duration: (until - session.createdAt.getTime()) / 60_000,
    lastActivity: session.lastSeenAt,
    failedValidations: failures,
    renewals: generation,
    ...rest,
  }
}
