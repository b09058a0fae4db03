import type { Db } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { LoginId } from '../ids.ts'
import type { AuditKeys } from '../keys/audit-keys.ts'
import type { ServerKeys } from '../keys/data-keys.ts'
import type { Keyring } from '../keys/keyring.ts'
import { type Authentication, authenticate } from '../users/authenticate.ts'
import type { FailureTally } from '../users/failure-tally.ts'
import type { LoginThrottle } from '../users/login-throttle.ts'
import type { Passwords } from '../users/password.ts'
import type { User } from '../users/user.ts'
import { boundContext, type Context } from './context.ts'
import { type EndedSession, endLogin } from './end.ts'
import { type Login, type LoginLimits, PASSWORD_PROOF } from './login.ts'
import { type ProvenUser, proveAgain, startLogin } from './start-login.ts'

export interface LogInDeps {
  readonly db: Db
  readonly passwords: Passwords
  readonly throttle: LoginThrottle
  readonly serverKeys: Pick<ServerKeys, 'lookupHash'>
  readonly auditKeys: Pick<AuditKeys, 'seal'>
  readonly failures: Pick<FailureTally, 'admitsUnknown' | 'count'>
  readonly keyring: Pick<Keyring, 'createLoginSecret' | 'loginKey'>
  readonly config: { readonly login: LoginLimits }
}

export interface LogInAttempt {
  /** Both as they were typed. */
  readonly username: string
  readonly password: string
  readonly context: Context
  /** What this browser holds already. */
  readonly current: Login | null
}

export type LoggedIn =
  | {
      readonly ok: true
      readonly loginId: LoginId
      readonly user: User
      readonly authTime: Date
      /** Sessions of the person who was logged in here before. */
      readonly ended: readonly EndedSession[]
    }
  | Extract<Authentication, { ok: false }>

/**
 * Lets a person in by their password. The login that their browser holds goes on where it is
 * theirs, with its limits counted anew; where it is somebody else's, it ends: one browser never
 * stands for two people.
 */
export async function logIn(deps: LogInDeps, attempt: LogInAttempt): Promise<LoggedIn> {
  const { username, password, current } = attempt
  const context = boundContext(attempt.context)
  const verdict = await authenticate(deps, {
    username,
    password,
    address: context.address ?? '',
    userAgent: context.userAgent ?? null,
  })
  if (!verdict.ok) return verdict

  const { user, passwordVersion } = verdict
  const moment = { workspaceId: null, at: new Date() }
  const auditContext = await deps.auditKeys.seal(deps.db, moment, context)
  const proof = PASSWORD_PROOF
  const proven: ProvenUser = { userId: user.id, proof, context, auditContext, passwordVersion }
  try {
    const { id, authTime } = await goOnOrBegin(deps, proven, current)
    return { ok: true, loginId: id, user, authTime, ended: await endOther(deps, proven, current) }
  } catch (error) {
    if (isRefused(error)) return { ok: false, reason: 'invalid_credentials' }
    throw error
  }
}

async function goOnOrBegin(deps: LogInDeps, proven: ProvenUser, current: Login | null) {
  if (current?.userId !== proven.userId) return startLogin(deps, proven)
  try {
    return { id: current.id, authTime: await proveAgain(deps, current.id, proven) }
  } catch (error) {
    // It ended while the password was verified; what ended stays so.
    if (error instanceof DomainError && error.code === 'login_ended')
      return startLogin(deps, proven)
    throw error
  }
}

async function endOther(deps: LogInDeps, { userId }: ProvenUser, current: Login | null) {
  if (!current || current.userId === userId) return []
  const by = { kind: 'user', id: userId } as const
  return endLogin(deps, current.id, { cause: 'switched_user', by })
}

/** The password was changed, or the person disabled, after it was verified. */
function isRefused(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'invalid_credentials'
}
