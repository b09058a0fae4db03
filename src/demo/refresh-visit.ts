import { type Configuration, ResponseBodyError, refreshTokenGrant } from 'openid-client'
import type { Log } from './log.ts'
import type { Connect } from './provider.ts'
import { isUnreachable } from './provider-failure.ts'
import { nextTokens } from './tokens.ts'
import type { Tokens, Visit } from './visit.ts'
import type { Visits } from './visits.ts'

export type Refreshed =
  | { readonly refreshed: true; readonly visit: Visit }
  | { readonly refreshed: false; readonly reason: 'session_ended' }
  | { readonly refreshed: false; readonly reason: 'provider_unreachable' }
  | { readonly refreshed: false; readonly reason: 'no_refresh_token' }

export type RefreshVisit = (visit: Visit) => Promise<Refreshed>

interface Deps {
  readonly connect: Connect
  readonly visits: Visits
  readonly log: Log
}

/** Renews a visit's tokens; all who ask while one renewal is under way get its outcome, and one refresh is sent. */
export function createRefreshVisit(deps: Deps): RefreshVisit {
  const underWay = new Map<string, Promise<Refreshed>>()
  return (visit) => {
    const shared =
      underWay.get(visit.id) ?? refresh(deps, visit).finally(() => underWay.delete(visit.id))
    underWay.set(visit.id, shared)
    return shared
  }
}

async function refresh({ connect, visits, log }: Deps, visit: Visit): Promise<Refreshed> {
  const { refreshToken } = visit.tokens
  if (refreshToken === null) return { refreshed: false, reason: 'no_refresh_token' }
  try {
    const { configuration } = await connect()
    const tokens = await askForTokens(configuration, visit, refreshToken)
    const renewed = tokens && visits.renew(visit.id, tokens)
    if (renewed) return { refreshed: true, visit: renewed }
  } catch (error) {
    if (!isRefused(error)) {
      log.warn({ err: error, unreachable: isUnreachable(error) }, 'tokens could not be refreshed')
      return { refreshed: false, reason: 'provider_unreachable' }
    }
  }
  visits.end(visit.id, 'session_ended')
  return { refreshed: false, reason: 'session_ended' }
}

async function askForTokens(
  configuration: Configuration,
  visit: Visit,
  refreshToken: string,
): Promise<Tokens | null> {
  const response = await refreshTokenGrant(configuration, refreshToken)
  return nextTokens(visit, response, new Date())
}

/** The one answer that says that the session, or what it granted us, is over. */
function isRefused(error: unknown): boolean {
  return error instanceof ResponseBodyError && error.error === 'invalid_grant'
}
