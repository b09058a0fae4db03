import { encode } from '../../crypto/base64url.ts'
import type { Passkey } from './passkey-store.ts'
import type { RelyingParty } from './relying-party.ts'

// In the form of WebAuthn Level 3 §5.1.8 (…OptionsJSON), which a script hands to the browser.

/** Milliseconds that a browser waits for a person. */
const TIMEOUT = 120_000

// EdDSA, ES256, RS256: what authenticators in use can do.
export const ALGORITHMS = [-8, -7, -257]

type Known = Pick<Passkey, 'credentialId' | 'transports'>

/** For a login by any passkey of this house, or by one of these. */
export function requestOptions(
  { id: rpId }: RelyingParty,
  { challenge, known }: { readonly challenge: Buffer; readonly known: readonly Known[] },
): object {
  return {
    challenge: encode(challenge),
    rpId,
    timeout: TIMEOUT,
    allowCredentials: known.map(descriptorOf),
    // Alone it must stand for two factors; after a password it need not.
    userVerification: known.length === 0 ? 'required' : 'preferred',
  }
}

export interface Enrolling {
  readonly challenge: Buffer
  /** An opaque handle, no name: authenticators show it to whoever holds them. */
  readonly handle: Buffer
  readonly username: string
  readonly displayName: string
  /** Passkeys there are: no authenticator gets a second one. */
  readonly known: readonly Known[]
}

/** For a new passkey, which can be found without a username. No attestation is asked for: we trust no maker more than another. */
export function creationOptions({ id }: RelyingParty, enrolling: Enrolling): object {
  const { challenge, handle, username, displayName, known } = enrolling
  return {
    challenge: encode(challenge),
    rp: { id, name: 'Sojourn' },
    user: { id: encode(handle), name: username, displayName },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    timeout: TIMEOUT,
    excludeCredentials: known.map(descriptorOf),
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    attestation: 'none',
  }
}

function descriptorOf({ credentialId, transports }: Known) {
  return { type: 'public-key', id: encode(credentialId), transports }
}
