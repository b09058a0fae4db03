import type { Db } from '../../database/transaction.ts'
import type { Policies } from '../../decisions/policies.ts'
import type { EffectivePolicy } from '../../decisions/policy.ts'
import type { ClientId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { Activity } from '../activity.ts'
import type { Context } from '../context/context.ts'
import { type ContextDeps, keepContext, mustStop } from '../context/keep-context.ts'
import { notePlace } from '../context/note-place.ts'
import { endSession } from '../ending/end.ts'
import type { Consistency } from './consistency.ts'
import type { FiguresKeeper, Use } from './figures.ts'
import { type InvalidReason, judgeSessionToken } from './judge-session-token.ts'
import { newestToken, type OpenedSessionToken, openSessionToken } from './open-session-token.ts'
import type { Reach } from './reach.ts'
import { type RecalledSession, type RecalledSessions, recallSession } from './recall-session.ts'
import { judgeRenewal, type Next, nextOf, type RenewalRules, renewableUntil } from './renewal.ts'
import { type SessionView, viewOf } from './session-view.ts'
import type { ReadTokenCheck, TokenCheck } from './token-check.ts'

export interface ValidateDeps extends ContextDeps {
  readonly db: Db
  readonly config: { readonly issuer: string; readonly renewal: RenewalRules }
  readonly serverKeys: Pick<ServerKeys, 'key' | 'lookupHash'>
  readonly keyring: Pick<Keyring, 'sessionKey'>
  readonly tokenChecks: ReadTokenCheck
  /** What is remembered of sessions; null where no call may be answered from it. */
  readonly recalledSessions: RecalledSessions | null
  readonly policies: Pick<Policies, 'effectiveFor'>
  readonly activity: Pick<Activity, 'used'>
  readonly figures: Pick<FiguresKeeper, 'note' | 'notePlace'>
  /** Renews a session in passing; what it stands at after that, by whomever it was renewed. */
  readonly renewItself: (check: TokenCheck, policy: EffectivePolicy) => Promise<TokenCheck>
}

export interface ValidateOptions {
  /** Whose sessions the caller may see; all others are not found. */
  readonly reach?: Reach
  /** The client that asks. */
  readonly clientId?: ClientId
  /** Where the token is used now, as far as the caller knows. */
  readonly context?: Context
  /** A poll or a prefetch, which keeps nobody's session alive. */
  readonly background?: boolean
  /** `bounded` may be answered from memory; where that says nothing, and without it, the database is asked. */
  readonly consistency?: Consistency
}

/** The answer to the question whether a session token is good. */
export type Validation = (ValidSession | InvalidSession) & {
  /** Milliseconds: the answer is true of a moment not longer ago. 0 where the database was asked. */
  readonly viewAgeMs: number
}

export interface ValidSession {
  readonly isValid: true
  readonly session: SessionView
  /** The token that takes the place of the one presented, where it was renewed. */
  readonly sessionToken: string | null
  readonly next: Next
}

export interface InvalidSession {
  readonly isValid: false
  readonly reason: InvalidReason
  /** Why the session ended, where the holder of its token may know. */
  readonly endCause: string | null
  readonly next: Next
}

/**
 * Judges a session token in the order form, signature, expiry, existence, status, and then notes
 * the use. Garbage costs no query; a session that the caller may not see is not found.
 */
export async function validateSession(
  deps: ValidateDeps,
  sessionToken: string,
  options: ValidateOptions = {},
): Promise<Validation> {
  const recalled =
    options.consistency === 'bounded' ? await recallSession(deps, sessionToken, options) : null
  const answer = recalled && (await acceptRecalled(deps, recalled, options))
  return answer ?? { ...(await validateNow(deps, sessionToken, options)), viewAgeMs: 0 }
}

/** Null where more is to be done than to say yes. */
async function acceptRecalled(
  deps: ValidateDeps,
  { opened, age, use }: RecalledSession,
  options: ValidateOptions,
): Promise<Validation | null> {
  const { check } = opened
  const policy = await policyOf(deps, check)
  if (mayRenewItself(deps, opened, { policy, options })) return null
  noteUse(deps, check, options)
  if (!options.background) use()
  const next = nextOf(check, deps.config.renewal, policy.rules)
  return { isValid: true, session: viewOf(check), sessionToken: null, next, viewAgeMs: age }
}

async function validateNow(
  deps: ValidateDeps,
  sessionToken: string,
  options: ValidateOptions,
): Promise<ValidSession | InvalidSession> {
  const opened = await openSessionToken(deps, sessionToken, options.reach)
  if (!opened.opened) return refusal(opened.reason)
  const { check, token } = opened
  const judged = judgeSessionToken(check, token, deps.config.renewal)
  const use = { clientId: options.clientId ?? null }
  if (judged.verdict === 'refused') {
    deps.figures.note(check.session.id, { ...use, failure: judged.reason })
    return refuse(deps, opened, judged.reason)
  }

  if (options.context && (await isElsewhere(deps, check, options.context)))
    return refuseElsewhere(deps, check, use)
  const policy = await policyOf(deps, check)
  noteUse(deps, check, options)
  const renewed = mayRenewItself(deps, opened, { policy, options })
    ? await deps.renewItself(check, policy)
    : check
  const isReplaced = judged.verdict === 'replaced' || renewed.generation > check.generation
  return {
    isValid: true,
    session: viewOf(renewed),
    sessionToken: isReplaced ? await newestToken(deps, renewed) : null,
    next: nextOf(renewed, deps.config.renewal, policy.rules),
  }
}

function noteUse(
  deps: ValidateDeps,
  { session }: TokenCheck,
  { clientId, context, background }: ValidateOptions,
): void {
  deps.figures.note(session.id, { clientId: clientId ?? null, failure: null })
  if (context) notePlace(deps, session.id, context)
  if (!background) deps.activity.used(session)
}

/** Whether the session may not go on where it is used now. */
async function isElsewhere(deps: ValidateDeps, check: TokenCheck, told: Context): Promise<boolean> {
  const by = { kind: 'system' } as const
  const { reaction } = await keepContext(deps, check, { told, by })
  return mustStop(deps, { id: check.session.id, reaction })
}

function refuseElsewhere(
  deps: ValidateDeps,
  { session }: TokenCheck,
  use: Pick<Use, 'clientId'>,
): InvalidSession {
  deps.figures.note(session.id, { ...use, failure: 'context_mismatch' })
  // A session without a login has nobody who could prove more in it.
  const next: Next =
    session.loginId && session.acr
      ? { act: 'step_up', acr: session.acr }
      : { act: 'log_in', by: null }
  return { isValid: false, reason: 'context_mismatch', endCause: null, next }
}

/** A poll must not keep a session going that nobody uses. */
function mayRenewItself(
  { config }: ValidateDeps,
  { check, token }: Extract<OpenedSessionToken, { opened: true }>,
  by: { readonly policy: EffectivePolicy; readonly options: ValidateOptions },
): boolean {
  if (!config.renewal.auto || by.options.background) return false
  if (token.generation !== check.generation) return false
  return judgeRenewal(check, config.renewal, by.policy.rules).may
}

export function policyOf(
  { policies }: Pick<ValidateDeps, 'policies'>,
  { session }: TokenCheck,
): Promise<EffectivePolicy> {
  return policies.effectiveFor({
    workspaceId: session.workspaceId,
    clientId: session.serviceClientId,
    roles: session.roles,
    acr: session.acr,
  })
}

/** A generation that was replaced and comes back ends its session, as a refresh token does. */
export async function refuse(
  deps: Pick<ValidateDeps, 'db' | 'config'>,
  { check, token }: Extract<OpenedSessionToken, { opened: true }>,
  reason: InvalidReason,
): Promise<InvalidSession> {
  if (reason === 'reused') {
    await endSession(deps, check.session.id, {
      cause: 'reuse',
      by: { kind: 'system' },
      detail: { presented: token.generation, newest: check.generation },
    })
    return { ...refusal('reused'), endCause: 'reuse' }
  }
  const endCause = check.endCause ?? check.session.refusal
  // An older token than the newest leads nowhere: shown for a renewal, it would count as copied.
  const isNewest = token.generation === check.generation
  const next = isNewest ? nextAfter(deps, check, reason) : LOG_IN
  return { ...refusal(reason), endCause, next }
}

const LOG_IN: Next = { act: 'log_in', by: null }

function refusal(reason: InvalidReason): InvalidSession {
  return { isValid: false, reason, endCause: null, next: LOG_IN }
}

// The session lives and only its token is over: for a moment it may still be renewed.
function nextAfter(
  { config }: Pick<ValidateDeps, 'config'>,
  check: TokenCheck,
  reason: InvalidReason,
): Next {
  const { session, expiresAt } = check
  if (reason !== 'expired' || session.refusal || !expiresAt) return LOG_IN
  const until = renewableUntil(expiresAt, config.renewal)
  return until > session.readAt ? { act: 'renew', from: session.readAt, until } : LOG_IN
}
