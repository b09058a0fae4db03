import { codePoints } from '../lib/text.ts'

export type PasswordProblem = 'malformed' | 'too_short' | 'too_long' | 'too_simple'

// NIST SP 800-63B-4 §3.1.1.2: fifteen characters where the password is the only factor, no rules of
// composition, at least 64 accepted. Each code point counts as one character.
export const SHORTEST_PASSWORD = 15
export const LONGEST_PASSWORD = 256

const FEWEST_DIFFERENT = 5

/**
 * A password as it is hashed, or null where it cannot be one: the same letters typed on another
 * keyboard or system must give the same bytes (RFC 8265 §4.2, OpaqueString).
 *
 * The length is judged before anything else is done with it: a megabyte must cost nothing.
 */
export function parsePassword(typed: string): string | null {
  if (typed === '' || typed.length > 2 * LONGEST_PASSWORD || !typed.isWellFormed()) return null
  if (/\p{Cc}/u.test(typed)) return null
  const password = typed.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC')
  return codePoints(password) <= LONGEST_PASSWORD ? password : null
}

/** What is wrong with a new password; null when it will do. */
export function passwordProblem(typed: string, username: string): PasswordProblem | null {
  if (typed.length > 2 * LONGEST_PASSWORD) return 'too_long'
  const password = parsePassword(typed)
  if (password === null) return problemOfRefused(typed)
  if (codePoints(password) < SHORTEST_PASSWORD) return 'too_short'
  return isSimple(password, username) ? 'too_simple' : null
}

function problemOfRefused(typed: string): PasswordProblem {
  if (typed === '') return 'too_short'
  return typed.isWellFormed() && !/\p{Cc}/u.test(typed) ? 'too_long' : 'malformed'
}

// Length alone stops no guess at `aaaaaaaaaaaaaaa` or at the username written twice.
function isSimple(password: string, username: string): boolean {
  const lower = password.toLowerCase()
  if (new Set(lower).size < FEWEST_DIFFERENT) return true
  return username.length > 2 && lower.replaceAll(username, '').length < FEWEST_DIFFERENT
}
