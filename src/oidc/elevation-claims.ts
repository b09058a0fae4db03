import type { Elevated } from '../sessions/elevation-column.ts'
import { epochSeconds, type Payload } from './payload.ts'

/**
 * What a session is given for a while, as introspection tells it: as it stands now, whatever stood
 * when the token was made.
 */
export function elevationClaims(elevated: Elevated | null): Payload {
  if (!elevated) return {}
  return {
    elevated_permissions: elevated.permissions,
    elevated_until: epochSeconds(elevated.until),
  }
}

/**
 * The same for a token that others believe without asking. It ends with the elevation, so that it
 * carries nothing further, also where nobody looks at the second claim; in the last second it tells
 * nothing any more.
 */
export function signedElevation(elevated: Elevated | null): Elevated | null {
  return elevated && secondsLeft(elevated) >= 1 ? elevated : null
}

/** Seconds that a signed token may live which tells of it. */
export function withinElevation(seconds: number, elevated: Elevated | null): number {
  const told = signedElevation(elevated)
  return told ? Math.min(seconds, secondsLeft(told)) : seconds
}

function secondsLeft({ until }: Elevated): number {
  return Math.floor((until.getTime() - Date.now()) / 1000)
}
