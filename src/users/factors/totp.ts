import { Secret, TOTP } from 'otpauth'
import { makeSecret } from '../../crypto/secret.ts'

// RFC 6238 with what every authenticator app takes: SHA-1 (whose collisions are no weakness of HMAC),
// six digits, thirty seconds. Many apps ignore other values in the address and compute wrong codes.
const PERIOD = 30
const DIGITS = 6
const BYTES = 20

/** Steps of tolerance to either side (RFC 6238 §5.2): clocks of telephones, and slow fingers. */
const TOLERANCE = 1

/** 160 bits, as RFC 4226 §4 recommends. */
export function makeTotpSecret(): Buffer {
  return makeSecret().subarray(0, BYTES)
}

/** The address that an authenticator app reads from the picture. */
export function totpAddress(
  secret: Uint8Array,
  { issuer, account }: { readonly issuer: string; readonly account: string },
): string {
  return new TOTP({ ...settings(secret), issuer, label: account }).toString()
}

/** The secret for people who type it, in groups of four. */
export function totpText(secret: Uint8Array): string {
  return secretOf(secret).base32.replaceAll(/(.{4})(?=.)/g, '$1 ')
}

/** The time step that a code is of, or null where it is of none about now. */
export function stepOf(secret: Uint8Array, code: string, now: Date): number | null {
  const token = code.replaceAll(/[\s-]/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const timestamp = now.getTime()
  const delta = new TOTP(settings(secret)).validate({ token, timestamp, window: TOLERANCE })
  return delta === null ? null : Math.floor(timestamp / (PERIOD * 1000)) + delta
}

function settings(secret: Uint8Array) {
  return { secret: secretOf(secret), algorithm: 'SHA1', digits: DIGITS, period: PERIOD }
}

function secretOf(bytes: Uint8Array): Secret {
  const { buffer } = Uint8Array.from(bytes)
  return new Secret({ buffer })
}
