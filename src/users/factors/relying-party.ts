import { isIP } from 'node:net'

/** What passkeys are bound to: they work at this origin, and at no other. */
export interface RelyingParty {
  readonly id: string
  readonly origin: string
}

/** Null where browsers make no passkeys: for an address that is no name (WebAuthn Level 3 §5.1.3). */
export function relyingPartyOf(issuer: string): RelyingParty | null {
  const { hostname, origin } = new URL(issuer)
  const isName = !hostname.startsWith('[') && isIP(hostname) === 0
  return isName ? { id: hostname, origin } : null
}
