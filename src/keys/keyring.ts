import type { RootKeys } from '../crypto/root-key.ts'
import type { Sql } from '../database/sql.ts'
import { createLoginKeys, type LoginKeys } from './login-keys.ts'
import { createSessionKeys, type SessionKeys } from './session-keys.ts'

/** The one place where the unwrapped secrets of sessions and logins live: bounded, and overwritten. */
export interface Keyring
  extends Omit<SessionKeys, 'sweepSessions'>,
    Omit<LoginKeys, 'sweepLogins'> {
  /** Forgets what nobody used for so many seconds: so an end on another node reaches this memory. */
  sweep(seconds: number): void
}

export interface KeyringOptions {
  readonly db: Sql
  readonly rootKeys: RootKeys
  readonly incarnation: string
  /** Seconds after which a workspace gets a new epoch. */
  readonly epochRotation: number
  /** How many sessions, epochs and logins are held at most, each. */
  readonly limit?: number
  /** Milliseconds, for the age of what is held. */
  readonly clock?: () => number
}

const LIMIT = 20_000

export function createKeyring(options: KeyringOptions): Keyring {
  const bounds = { limit: LIMIT, clock: () => performance.now() }
  const { sweepSessions, ...sessionKeys } = createSessionKeys({ ...bounds, ...options })
  const { sweepLogins, ...loginKeys } = createLoginKeys({ ...bounds, ...options })

  return {
    ...sessionKeys,
    ...loginKeys,
    sweep(seconds) {
      sweepSessions(seconds)
      sweepLogins(seconds)
    },
  }
}
