import type { UserId } from '../ids.ts'
import { codePoints } from '../lib/text.ts'
import type { Profile } from './profile.ts'

/** A person who can log in; the password's hash is no part of it, so that no view can show it. */
export interface User {
  readonly id: UserId
  readonly username: string
  readonly externalId: string | null
  readonly state: 'active' | 'disabled'
  readonly profile: Profile
  readonly createdAt: Date
  readonly updatedAt: Date
}

const LONGEST_USERNAME = 128

/** Far above any honest form of a username, far below what would cost us anything to normalise. */
const LONGEST_TYPED = 1024

/**
 * A username as it is stored and compared, or null where it is none.
 *
 * The profile is that of RFC 8265 §3.3 with NFKC in place of width mapping: letters, marks and digits of any script
 * and visible ASCII. Spaces, controls and format characters are refused; a name with an invisible
 * character would look like somebody else's.
 */
export function parseUsername(typed: string): string | null {
  if (typed.length > LONGEST_TYPED || !typed.isWellFormed()) return null
  const username = typed.trim().normalize('NFKC').toLowerCase().normalize('NFKC')
  if (!/^[\p{L}\p{M}\p{N}\x21-\x7e]+$/u.test(username)) return null
  return codePoints(username) <= LONGEST_USERNAME ? username : null
}

/** An identifier of the person in a directory elsewhere; compared letter by letter. */
export function isExternalId(text: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(text)
}
