import type { Configuration } from 'oidc-provider'
import type { Config } from '../config/config.ts'
import type { CheckedSession } from '../sessions/session.ts'
import { withinElevation } from './elevation-claims.ts'
import { currentState, elevatedOf, holderOf } from './request-state.ts'

/** Seconds that a person has for login, choice and consent. */
const INTERACTION = 600

/** Seconds for all that the provider makes. */
export function lifetimes({ tokens, login }: Config): NonNullable<Configuration['ttl']> {
  const session = () => {
    const state = currentState()
    return (state && holderOf(state)?.session) ?? null
  }
  return {
    AccessToken: (_ctx, { resourceServer }) => {
      const ttl = withinStay(resourceServer?.accessTokenTTL ?? tokens.accessToken, session())
      const state = resourceServer?.accessTokenFormat === 'jwt' ? currentState() : null
      return withinElevation(ttl, state && elevatedOf(state))
    },
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? tokens.accessToken,
    AuthorizationCode: tokens.code,
    IdToken: tokens.idToken,
    RefreshToken: () => withinStay(Number.MAX_SAFE_INTEGER, session()),
    Grant: login.absoluteTimeout,
    Interaction: INTERACTION,
    Session: login.absoluteTimeout,
  }
}

/** Seconds, cut short by the end of the stay: nothing of a stay outlives it. */
export function withinStay(
  seconds: number,
  session: Pick<CheckedSession, 'absoluteEndAt'> | null,
): number {
  if (!session) return seconds
  const left = Math.floor((session.absoluteEndAt.getTime() - Date.now()) / 1000)
  return Math.max(1, Math.min(seconds, left))
}
