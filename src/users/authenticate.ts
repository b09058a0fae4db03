import { appendEntry } from '../audit/append-entry.ts'
import { type Db, sqlTransaction } from '../database/transaction.ts'
import type { AuditKeys } from '../keys/audit-keys.ts'
import type { ServerKeys } from '../keys/data-keys.ts'
import type { FailureTally } from './failure-tally.ts'
import type { LoginThrottle } from './login-throttle.ts'
import { networkOf } from './network.ts'
import type { Passwords } from './password.ts'
import { parsePassword } from './password-rules.ts'
import { parseUsername, type User } from './user.ts'
import { type Credentials, replacePasswordHash, selectCredentials } from './user-store.ts'

interface Deps {
  readonly db: Db
  readonly passwords: Passwords
  readonly throttle: LoginThrottle
  readonly serverKeys: Pick<ServerKeys, 'lookupHash'>
  readonly auditKeys: Pick<AuditKeys, 'seal'>
  readonly failures: Pick<FailureTally, 'admitsUnknown' | 'count'>
}

export interface PasswordAttempt {
  /** Both as they were typed. */
  readonly username: string
  readonly password: string
  readonly address: string
  readonly userAgent: string | null
}

export type Authentication =
  | {
      readonly ok: true
      readonly user: User
      /**
       * Whoever makes the login asks for this version again as it locks the user: hashing takes its
       * time, and a login begun with a stolen password must not survive the change of it.
       */
      readonly passwordVersion: number
      /** Whether the password is not enough. */
      readonly secondFactor: boolean
    }
  | { readonly ok: false; readonly reason: 'invalid_credentials' }
  | { readonly ok: false; readonly reason: 'throttled'; readonly retryAfter: number }

/** Why an attempt failed: for the audit entry, never for an answer. */
type PrivateReason = 'unknown_user' | 'no_password' | 'wrong_password' | 'user_disabled'

/**
 * Tells whether a password is its user's. An unknown name, a disabled user and a wrong password
 * cost one argon2 call each and say the same, so that nobody learns who has an account.
 *
 * What cannot be a username or a password is refused before anything is spent on it.
 */
export async function authenticate(deps: Deps, attempt: PasswordAttempt): Promise<Authentication> {
  const username = parseUsername(attempt.username)
  const password = parsePassword(attempt.password)
  if (username === null || password === null) return INVALID
  const from = { username, address: attempt.address }
  const wait = await deps.throttle.check(from)
  if (wait > 0) {
    deps.failures.count('throttled')
    return refusal(wait)
  }

  const found = await selectCredentials(deps.db, username)
  const owner = networkOf(attempt.address)
  const matches = await deps.passwords.verify(found?.passwordHash ?? null, password, owner)
  const verdict = judge(found, matches)
  if (!verdict.right) {
    const waitAfter = await deps.throttle.fail(from)
    await noteFailure(deps, { ...attempt, username }, { found, reason: verdict.reason })
    return refusal(waitAfter)
  }
  const waitAfter = await deps.throttle.pass(from)
  if (waitAfter > 0) return refusal(waitAfter)

  const { user, passwordVersion, secondFactor } = verdict.credentials
  await refreshHash(deps, verdict.credentials, password)
  return { ok: true, user, passwordVersion, secondFactor }
}

const INVALID = { ok: false, reason: 'invalid_credentials' } as const

function refusal(wait: number): Authentication {
  return wait > 0 ? { ok: false, reason: 'throttled', retryAfter: wait } : INVALID
}

type Verdict =
  | { readonly right: true; readonly credentials: Credentials }
  | { readonly right: false; readonly reason: PrivateReason }

function judge(found: Credentials | null, matches: boolean): Verdict {
  if (found === null) return { right: false, reason: 'unknown_user' }
  if (found.passwordHash === null) return { right: false, reason: 'no_password' }
  if (!matches) return { right: false, reason: 'wrong_password' }
  if (found.user.state !== 'active') return { right: false, reason: 'user_disabled' }
  return { right: true, credentials: found }
}

interface Failure {
  readonly found: Credentials | null
  readonly reason: PrivateReason
}

/**
 * A person's failures are few, since the throttle stops them; names that are nobody's never run
 * out, nor do networks to try them from.
 */
async function noteFailure(deps: Deps, attempt: PasswordAttempt, failure: Failure): Promise<void> {
  if (failure.found || deps.failures.admitsUnknown()) return recordFailure(deps, attempt, failure)
  deps.failures.count('unknown_user')
}

async function recordFailure(deps: Deps, attempt: PasswordAttempt, failure: Failure) {
  const context = { address: attempt.address, userAgent: attempt.userAgent?.slice(0, 512) }

  await sqlTransaction(deps.db, async (tx) => {
    // Only the month counts here, to find its key.
    const sealed = await deps.auditKeys.seal(tx, { workspaceId: null, at: new Date() }, context)
    await appendEntry(tx, {
      action: 'user.authentication_failed',
      actor: { kind: 'system' },
      subject: { kind: 'user', id: failure.found?.user.id ?? nobody(deps, attempt.username) },
      detail: { reason: failure.reason },
      context: sealed,
    })
  })
}

// A name that is nobody's may be a password in the wrong field: it is kept as a keyed hash only.
function nobody({ serverKeys }: Deps, username: string): string {
  return `unknown:${serverKeys.lookupHash('unknown-username', username).toString('base64url')}`
}

// The only moment when the password is at hand; the old hash is replaced, or nothing is.
async function refreshHash({ db, passwords }: Deps, found: Credentials, password: string) {
  const old = found.passwordHash
  if (old === null || !passwords.isOutdated(old)) return
  const fresh = await passwords.hash(password)
  await replacePasswordHash(db, found.user.id, { old, fresh })
}
