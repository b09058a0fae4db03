import type { Config } from '../config/config.ts'
import type { SigningRotation } from '../keys/signing-keys.ts'

const LONGEST_MARGIN = 10
/** Looks within one margin: one or two may fail, and a node's view is still young enough. */
const LOOKS = 4

/**
 * Both algorithms always have keys, since a client chooses; what they sign lives so long at most.
 *
 * An ID token says whose session it is long after its `exp`: a client shows it as a hint to log the
 * person out (RP-Initiated Logout 1.0 §2), and must be understood while that session may live.
 */
export function signingRotation({ keys, sessions, tokens }: Config): SigningRotation {
  const { rotation, jwksMaxAge } = keys.signing
  return {
    algs: ['ES256', 'RS256'],
    policy: {
      rotation,
      jwksMaxAge,
      maxTokenLifetime: Math.max(tokens.accessToken, tokens.idToken, sessions.maxDuration),
      margin: Math.min(jwksMaxAge, LONGEST_MARGIN),
    },
  }
}

/** Seconds between two looks of a node at the keys. */
export function lookInterval({ policy }: SigningRotation): number {
  return policy.margin / LOOKS
}

const LONGEST_ROTATION_CHECK = 60

/** Seconds between two checks whether a rotation is due; late by a fraction of it at most. */
export function rotationInterval({ policy }: SigningRotation): number {
  return Math.min(policy.rotation / 20, LONGEST_ROTATION_CHECK)
}
