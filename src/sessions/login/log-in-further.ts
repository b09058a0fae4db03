import type { SealedContext } from '../../audit/append-entry.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { FactorThrottle } from '../../users/factors/factor-throttle.ts'
import { provePasskey } from '../../users/factors/prove-passkey.ts'
import { proveRecoveryCode } from '../../users/factors/prove-recovery-code.ts'
import { proveTotp } from '../../users/factors/prove-totp.ts'
import type { Proving } from '../../users/factors/proving.ts'
import { boundContext, type Context } from '../context/context.ts'
import { type Admitted, admit, type NoRoom } from './admit.ts'
import { proofWith } from './level.ts'
import type { FirstProof, LogInDeps } from './log-in.ts'
import { type Login, PASSWORD_PROOF } from './login.ts'
import { stepUp } from './step-up.ts'

export interface FactorDeps extends LogInDeps {
  readonly serverKeys: Pick<ServerKeys, 'lookupHash' | 'data' | 'durable' | 'durableHash'>
  readonly factorThrottle: FactorThrottle
  readonly config: LogInDeps['config'] & { readonly issuer: string }
}

/** What a form brought. */
export type ShownFactor =
  | { readonly by: 'totp' | 'recovery_code'; readonly typed: string }
  | {
      readonly by: 'passkey'
      readonly answer: string
      readonly challenge: string
      /** The form that the challenge was made for. */
      readonly scope: string
    }

/** What came before: a password that was right, a login that stands, or nothing. */
export type Earlier =
  | { readonly by: 'password'; readonly first: FirstProof }
  | { readonly by: 'login'; readonly login: Login }
  | { readonly by: 'nothing' }

export interface FactorLogIn {
  readonly shown: ShownFactor
  readonly earlier: Earlier
  readonly context: Context
  readonly current: Login | null
}

export type LoggedInFurther =
  | Admitted
  | NoRoom
  | { readonly ok: false; readonly reason: 'invalid_credentials' }
  | Extract<Proving, { ok: false }>

/** Lets a person in by a factor: after their password, to raise a login of theirs, or alone. */
export async function logInFurther(
  deps: FactorDeps,
  attempt: FactorLogIn,
): Promise<LoggedInFurther> {
  const { earlier } = attempt
  const context = boundContext(attempt.context)
  const moment = { workspaceId: null, at: new Date() }
  const auditContext = await deps.auditKeys.seal(deps.db, moment, context)
  const proving = await prove(deps, attempt, auditContext)
  if (!proving.ok) return proving

  const { userId, proof: factor } = proving
  const proven = { userId, context, auditContext }
  // It stands for two factors by itself: whatever came before, this is the whole proof.
  const isWhole = factor.by === 'passkey' && factor.userVerified
  if (isWhole || earlier.by === 'nothing')
    return admit(
      deps,
      { ...proven, ...versionIn(earlier), proof: proofWith(factor) },
      attempt.current,
    )
  if (earlier.by === 'login') return stepUp(deps, earlier.login, { factor, auditContext })
  const proof = proofWith(factor, PASSWORD_PROOF.amr)
  return admit(deps, { ...proven, ...versionIn(earlier), proof }, attempt.current)
}

function versionIn(earlier: Earlier): { readonly passwordVersion?: number } {
  return earlier.by === 'password' ? { passwordVersion: earlier.first.passwordVersion } : {}
}

async function prove(
  deps: FactorDeps,
  { shown, earlier }: FactorLogIn,
  auditContext: SealedContext | null,
): Promise<Proving> {
  const userId = ownerOf(earlier)
  if (shown.by === 'passkey') return provePasskey(deps, { ...shown, of: userId, auditContext })
  if (userId === null) return { ok: false, reason: 'wrong_factor' }
  const attempt = { userId, auditContext }
  return shown.by === 'totp'
    ? proveTotp(deps, attempt, shown.typed)
    : proveRecoveryCode(deps, attempt, shown.typed)
}

function ownerOf(earlier: Earlier) {
  switch (earlier.by) {
    case 'password':
      return earlier.first.userId
    case 'login':
      return earlier.login.userId
    case 'nothing':
      return null
  }
}
