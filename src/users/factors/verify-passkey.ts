import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { encode } from '../../crypto/base64url.ts'
import type { Assertion, Attestation } from './passkey-answer.ts'
import { ALGORITHMS } from './passkey-options.ts'
import type { Passkey } from './passkey-store.ts'
import type { RelyingParty } from './relying-party.ts'

export type Verified<T> =
  | ({ readonly verified: true } & T)
  /** What was wrong, for the audit: never for an answer. */
  | { readonly verified: false; readonly why: string }

export interface MadePasskey {
  readonly credentialId: Buffer
  readonly publicKey: Buffer
  readonly signCount: number
  readonly backupEligible: boolean
  readonly backedUp: boolean
}

export interface UsedPasskey {
  readonly signCount: number
  readonly backedUp: boolean
  readonly userVerified: boolean
}

// A fifth of a second to load, which commands and quiet servers need not spend.
const library = () => import('@simplewebauthn/server')

/** Judges what a browser made of creation options (WebAuthn Level 3 §7.1). */
export async function verifyMade(
  { id, origin }: RelyingParty,
  { answer, challenge }: { readonly answer: Attestation; readonly challenge: Buffer },
): Promise<Verified<MadePasskey>> {
  const { verifyRegistrationResponse } = await library()
  return judged(async () => {
    const { verified, registrationInfo: made } = await verifyRegistrationResponse({
      response: answer as RegistrationResponseJSON,
      expectedChallenge: encode(challenge),
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (!verified) return null
    return {
      credentialId: Buffer.from(made.credential.id, 'base64url'),
      publicKey: Buffer.from(made.credential.publicKey),
      signCount: made.credential.counter,
      backupEligible: made.credentialDeviceType === 'multiDevice',
      backedUp: made.credentialBackedUp,
    }
  })
}

/** Judges the use of a stored passkey (WebAuthn Level 3 §7.2). */
export async function verifyUsed(
  { id, origin }: RelyingParty,
  used: {
    readonly answer: Assertion
    readonly challenge: Buffer
    readonly passkey: Passkey
    /** Whether it stands alone, and so must have asked for a PIN or a finger. */
    readonly alone: boolean
  },
): Promise<Verified<UsedPasskey>> {
  const { answer, challenge, passkey, alone } = used
  const { verifyAuthenticationResponse } = await library()
  return judged(async () => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as AuthenticationResponseJSON,
      expectedChallenge: encode(challenge),
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: alone,
      credential: {
        id: encode(passkey.credentialId),
        publicKey: new Uint8Array(passkey.publicKey),
        // Judged where it is stored, for two servers may verify at once.
        counter: 0,
        transports: [...passkey.transports] as AuthenticatorTransport[],
      },
    })
    if (!verified) return null
    const { newCounter, credentialBackedUp, userVerified } = authenticationInfo
    return { signCount: newCounter, backedUp: credentialBackedUp, userVerified }
  })
}

/** The library refuses by throwing plain errors, whose messages hold origins and hashes but no secret. */
async function judged<T>(verify: () => Promise<T | null>): Promise<Verified<T>> {
  try {
    const result = await verify()
    return result ? { verified: true, ...result } : { verified: false, why: 'bad signature' }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { verified: false, why: 'malformed or of another request' }
  }
}
