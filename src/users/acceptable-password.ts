import { DomainError } from '../errors.ts'
import {
  LONGEST_PASSWORD,
  type PasswordProblem,
  parsePassword,
  passwordProblem,
  SHORTEST_PASSWORD,
} from './password-rules.ts'

const REASONS: Record<PasswordProblem, string> = {
  malformed: 'a password has no control characters',
  too_short: `a password has at least ${SHORTEST_PASSWORD} characters`,
  too_long: `a password has at most ${LONGEST_PASSWORD} characters`,
  too_simple: 'a password needs five different characters besides the username',
}

/** A new password in the form that is hashed; one that will not do is refused with the reason. */
export function acceptablePassword(typed: string, username: string): string {
  const problem = passwordProblem(typed, username)
  const password = parsePassword(typed)
  if (problem === null && password !== null) return password
  throw new DomainError('invalid_request', REASONS[problem ?? 'malformed'])
}
