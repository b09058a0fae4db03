import type { Context } from 'koa'
import { DomainError } from '../../errors.ts'
import { reachesLevel } from '../../sessions/login/level.ts'
import type { CheckedSession } from '../../sessions/session.ts'
import type { Caller } from './caller.ts'

/** What an operation wants of a person's authentication; a service has none, and proves itself each time. */
export interface Demand {
  readonly acr?: string
  /** Seconds since the person proved who they are. */
  readonly maxAge?: number
}

/**
 * Refuses a person whose authentication is too weak or too old for an operation, and says which would
 * do (RFC 9470 §3), so that their application can ask for it in an authorization request.
 */
export function mustMeet(ctx: Context, caller: Caller, demand: Demand | undefined): void {
  if (!demand || caller.kind === 'service' || isMet(caller.session, demand)) return
  const { acr, maxAge } = demand
  const parts = [
    'realm="sojourn"',
    'error="insufficient_user_authentication"',
    `error_description="${describe(caller.session, demand)}"`,
    ...(acr === undefined ? [] : [`acr_values="${acr}"`]),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
  ]
  ctx.set('WWW-Authenticate', `Bearer ${parts.join(', ')}`)
  throw new DomainError('step_up_required', describe(caller.session, demand), {
    details: {
      ...(acr !== undefined && { acr_values: acr }),
      ...(maxAge !== undefined && { max_age: maxAge }),
    },
  })
}

function isMet(session: CheckedSession, { acr, maxAge }: Demand): boolean {
  return isStrong(session, acr) && isRecent(session, maxAge)
}

function isStrong(session: CheckedSession, acr: string | undefined): boolean {
  return acr === undefined || reachesLevel(session.acr, acr)
}

function isRecent({ authTime, readAt }: CheckedSession, maxAge: number | undefined): boolean {
  if (maxAge === undefined) return true
  return authTime !== null && readAt.getTime() - authTime.getTime() <= maxAge * 1000
}

function describe(session: CheckedSession, { acr }: Demand): string {
  return isStrong(session, acr)
    ? 'a more recent authentication is required'
    : 'a different authentication level is required'
}
