import type { LoginId, UserId } from '../../ids.ts'

/** One browser's single-sign-on state. It opens no workspace by itself. */
export interface Login {
  readonly id: LoginId
  readonly userId: UserId
  readonly authTime: Date
  readonly acr: string
  readonly amr: readonly string[]
  readonly createdAt: Date
  readonly absoluteEndAt: Date
  /** Found by the cookie before the newest, which is honoured for a moment and never renewed. */
  readonly byPriorCookie: boolean
  /** The person proved who they are within the last ten minutes. */
  readonly isFresh: boolean
}

export interface LoginLimits {
  /** Seconds, each; the absolute one counts from the authentication. */
  readonly idleTimeout: number
  readonly absoluteTimeout: number
}

/** How a person proved who they are. */
export interface Proof {
  /** Authentication context class: `urn:sojourn:aal1` for one factor. */
  readonly acr: string
  /** RFC 8176 and its registry: `pwd`, `otp`, `pop`, `mfa`, …; ours is `recovery`. */
  readonly amr: readonly string[]
}

export const PASSWORD_PROOF: Proof = { acr: 'urn:sojourn:aal1', amr: ['pwd'] }
