import { makeSecret } from '../../crypto/secret.ts'
import { encode128 } from '../../lib/base32.ts'

export const RECOVERY_CODES = 10

const LETTERS = 20
const GROUP = 5

/** A code of 100 random bits, in groups that can be read aloud. */
export function makeRecoveryCode(): string {
  const letters = encode128(makeSecret().toString('hex', 0, 16)).slice(-LETTERS)
  return letters.replaceAll(new RegExp(`(.{${GROUP}})(?=.)`, 'g'), '$1-')
}

/** A typed code as it is hashed, whatever its case and its dashes; null where it can be none. */
export function parseRecoveryCode(typed: string): string | null {
  if (typed.length > 100) return null
  // The alphabet has no o, i and l, so that they can be read as what they look like.
  const letters = typed
    .toLowerCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1')
  return /^[0-9a-hjkmnp-tv-z]{20}$/.test(letters) ? letters : null
}
