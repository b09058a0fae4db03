import type { Configuration } from 'oidc-provider'
import type { Config } from '../config/config.ts'
import { currentState } from './request-state.ts'

/** Seconds that a person has for login, choice and consent. */
const INTERACTION = 600

/** Seconds for all that the provider makes; nothing of a stay outlives the stay. */
export function lifetimes({ tokens, login }: Config): NonNullable<Configuration['ttl']> {
  const withinStay = (seconds: number) => () => Math.max(1, Math.min(seconds, stayLeft()))
  return {
    AccessToken: (_ctx, token) =>
      withinStay(token.resourceServer?.accessTokenTTL ?? tokens.accessToken)(),
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? tokens.accessToken,
    AuthorizationCode: tokens.code,
    IdToken: tokens.idToken,
    RefreshToken: () => Math.max(1, stayLeft()),
    Grant: login.absoluteTimeout,
    Interaction: INTERACTION,
    Session: login.absoluteTimeout,
  }
}

function stayLeft(): number {
  const end = currentState()?.checked?.session.absoluteEndAt
  return end ? Math.floor((end.getTime() - Date.now()) / 1000) : Number.MAX_SAFE_INTEGER
}
