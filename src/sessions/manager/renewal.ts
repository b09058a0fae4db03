import type { Limits } from '../../decisions/policy.ts'
import type { TokenCheck } from './token-check.ts'

/** How tokens of a server are renewed; seconds. */
export interface RenewalRules {
  /** How long before its end a token may be renewed. */
  readonly threshold: number
  /** How long a replaced token is answered with its successor, and an expired one may be renewed. */
  readonly grace: number
  readonly auto: boolean
}

export type RenewalJudgement =
  | { readonly may: true }
  | { readonly may: false; readonly why: 'too_early'; readonly from: Date }
  /** Only a new login leads on. */
  | { readonly may: false; readonly why: 'exhausted' | 'at_the_end' }

/** Whether a live session's newest token may be renewed now, and what would make it possible. */
export function judgeRenewal(
  check: TokenCheck,
  rules: RenewalRules,
  { maxRenewals }: Pick<Limits, 'maxRenewals'>,
): RenewalJudgement {
  const { session, expiresAt } = check
  if (check.generation >= maxRenewals) return { may: false, why: 'exhausted' }
  // Renewed to the same end it would be the same token with another number.
  if (!expiresAt || expiresAt >= session.absoluteEndAt) return { may: false, why: 'at_the_end' }
  const from = renewableFrom(expiresAt, rules)
  return session.readAt < from ? { may: false, why: 'too_early', from } : { may: true }
}

export function renewableFrom(expiresAt: Date, { threshold }: RenewalRules): Date {
  return new Date(expiresAt.getTime() - threshold * 1000)
}

export function renewableUntil(expiresAt: Date, { grace }: RenewalRules): Date {
  return new Date(expiresAt.getTime() + grace * 1000)
}

/** What a caller, or the developer who reads the answer, can do next. */
export type Next =
  | { readonly act: 'renew'; readonly from: Date; readonly until: Date }
  | { readonly act: 'log_in'; readonly by: Date | null }
  | { readonly act: 'step_up'; readonly acr: string }

/** For a token that is good now. */
export function nextOf(check: TokenCheck, rules: RenewalRules, limits: Limits): Next {
  const { expiresAt, session } = check
  const judged = judgeRenewal(check, rules, limits)
  if (!expiresAt || (!judged.may && judged.why !== 'too_early'))
    return { act: 'log_in', by: expiresAt ?? session.absoluteEndAt }
  return {
    act: 'renew',
    from: renewableFrom(expiresAt, rules),
    until: renewableUntil(expiresAt, rules),
  }
}
