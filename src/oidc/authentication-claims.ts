import type { CheckedSession } from '../sessions/session.ts'
import { toldLevel } from './asked-level.ts'
import { epochSeconds, type Payload } from './payload.ts'

/**
 * How and when the person proved who they are, as the library names it in codes and refresh tokens.
 *
 * Always what the session says now, whatever stood when the token was made: a refresh token carries
 * no level on. In an offline session nobody is there, so it has none; only the time of the consent's
 * authentication stays (OpenID Connect Core §12.2).
 */
export function presentAuthentication(session: Authentication, payload: Payload): Payload {
  const { acr, amr, authTime } = session
  return {
    acr: toldLevel(acr, payload.claims),
    amr: amr ?? undefined,
    authTime: authTime ? epochSeconds(authTime) : payload.authTime,
  }
}

type Authentication = Pick<CheckedSession, 'acr' | 'amr' | 'authTime'>

/** The same for access tokens (RFC 9068 §2.2.1) and introspection (RFC 9470 §6.2). */
export function authenticationClaims({ acr, amr, authTime }: Authentication): Payload {
  return {
    ...(acr && { acr }),
    ...(acr && amr && { amr }),
    ...(authTime && { auth_time: epochSeconds(authTime) }),
  }
}
