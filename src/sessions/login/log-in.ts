import type { Db } from '../../database/transaction.ts'
import type { Policies } from '../../decisions/policies.ts'
import type { UserId } from '../../ids.ts'
import type { AuditKeys } from '../../keys/audit-keys.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { type Authentication, authenticate } from '../../users/authenticate.ts'
import type { FailureTally } from '../../users/failure-tally.ts'
import type { LoginThrottle } from '../../users/login-throttle.ts'
import type { Passwords } from '../../users/password.ts'
import { boundContext, type Context } from '../context/context.ts'
import { type Admitted, admit, type NoRoom } from './admit.ts'
import { type Login, type LoginLimits, PASSWORD_PROOF } from './login.ts'

export interface LogInDeps {
  readonly db: Db
  readonly passwords: Passwords
  readonly throttle: LoginThrottle
  readonly serverKeys: Pick<ServerKeys, 'lookupHash'>
  readonly auditKeys: Pick<AuditKeys, 'seal'>
  readonly failures: Pick<FailureTally, 'admitsUnknown' | 'count'>
  readonly keyring: Pick<Keyring, 'createLoginSecret' | 'loginKey'>
  readonly policies: Pick<Policies, 'effectiveFor'>
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

/** The password was right, and the person has a second factor: nobody is logged in yet. */
export interface FirstProof {
  readonly userId: UserId
  readonly passwordVersion: number
}

export type LoggedIn =
  | Admitted
  | NoRoom
  | Extract<Authentication, { ok: false }>
  | { readonly ok: false; readonly reason: 'factor_required'; readonly first: FirstProof }

/** Lets a person in by their password, or tells that it is not enough. */
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

  const { user, passwordVersion, secondFactor } = verdict
  const first = { userId: user.id, passwordVersion }
  if (secondFactor) return { ok: false, reason: 'factor_required', first }
  const moment = { workspaceId: null, at: new Date() }
  const auditContext = await deps.auditKeys.seal(deps.db, moment, context)
  return admit(deps, { ...first, proof: PASSWORD_PROOF, context, auditContext }, current)
}
