import type { EffectivePolicy } from '../../decisions/policy.ts'
import { DomainError, type ErrorCode } from '../../errors.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { advanceSession } from './advance-session.ts'
import { type IssuedSession, issue } from './issue-session.ts'
import { type InvalidReason, judgeSessionToken } from './judge-session-token.ts'
import { openSessionToken } from './open-session-token.ts'
import { judgeRenewal, type RenewalJudgement } from './renewal.ts'
import type { TokenCheck } from './token-check.ts'
import { policyOf, refuse, type ValidateDeps, type ValidateOptions } from './validate-session.ts'

export interface RenewDeps extends ValidateDeps {
  readonly keyring: Pick<Keyring, 'sessionKey' | 'rewrapSessionSecret'>
}

/**
 * Gives a session token its successor, without a new login and in the same context.
 *
 * Asked again with the replaced token within the grace period, it gives the same successor, and
 * nothing is renewed by that. Every refusal says what would make it succeed.
 */
export async function renewSession(
  deps: RenewDeps,
  sessionToken: string,
  options: Pick<ValidateOptions, 'reach'> = {},
): Promise<IssuedSession> {
  const opened = await openSessionToken(deps, sessionToken, options.reach)
  if (!opened.opened) throw asError(opened.reason)
  const { check, token } = opened
  const { grace } = deps.config.renewal
  // What expired a moment ago is as good here as what is about to.
  const judged = judgeSessionToken(check, token, { grace, leeway: grace })
  if (judged.verdict === 'refused') {
    const { reason, endCause } = await refuse(deps, opened, judged.reason)
    throw asError(reason, endCause)
  }
  const policy = await policyOf(deps, check)
  if (judged.verdict === 'replaced') return issue(deps, check, policy)
  return renew(deps, check, policy)
}

async function renew(
  deps: RenewDeps,
  check: TokenCheck,
  policy: EffectivePolicy,
): Promise<IssuedSession> {
  const judged = judgeRenewal(check, deps.config.renewal, policy.rules)
  if (!judged.may) throw asRefusal(judged, check)
  const renewed = await advanceSession(deps, check, policy)
  return issue(deps, renewed ?? (await readAgain(deps, check)), policy)
}

// Another request has renewed it, or an end came first; the row says which.
export async function readAgain(deps: RenewDeps, before: TokenCheck): Promise<TokenCheck> {
  const check = await deps.tokenChecks(before.session.id)
  if (!check || check.session.refusal) throw asError('invalidated', check?.endCause ?? null)
  if (check.generation !== before.generation + 1)
    throw new DomainError('conflict', 'the session was renewed more than once meanwhile')
  return check
}

const CODES: Readonly<Record<InvalidReason, readonly [ErrorCode, string]>> = {
  malformed: ['token_malformed', 'this is no session token'],
  bad_signature: ['token_invalid', 'the session token is not one of ours'],
  expired: ['session_expired', 'the session has expired: log in again'],
  not_found: ['session_not_found', 'no such session: log in'],
  invalidated: ['session_ended', 'the session was ended: log in again'],
  reused: ['token_reused', 'the session token had been replaced, so the session was ended'],
  context_mismatch: ['context_mismatch', 'the session is used elsewhere: log in again'],
}

/** A refused token as the error of the functions that need a good one. */
export function asError(reason: InvalidReason, cause: string | null = null): DomainError {
  const [code, message] = CODES[reason]
  return new DomainError(code, message, { details: { reason, ...(cause && { end_cause: cause }) } })
}

function asRefusal(
  judged: Extract<RenewalJudgement, { may: false }>,
  { session }: TokenCheck,
): DomainError {
  if (judged.why !== 'too_early')
    return new DomainError('renewals_exhausted', 'the session cannot be renewed: log in again', {
      details: { next: 'log_in' },
    })
  const seconds = Math.ceil((judged.from.getTime() - session.readAt.getTime()) / 1000)
  return new DomainError('renewal_too_early', `the session can be renewed in ${seconds} seconds`, {
    retryAfter: seconds,
    details: { renewable_from: judged.from.toISOString(), retry_after: seconds },
  })
}
