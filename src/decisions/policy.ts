import { type AppliedLimit, type Concurrency, strictestLimits } from './concurrency.ts'
import type { Origin } from './policy-level.ts'

/** Limits that a level may set; lower is stricter. Seconds, but for the number of renewals. */
export interface Limits {
  /** Without activity for so long, the session ends. */
  readonly idleTimeout: number
  /** Counted from the session's creation. */
  readonly maxDuration: number
  /** Counted from the authentication of the login. */
  readonly absoluteTimeout: number
  /** What a session token, and each renewal of it, is good for. */
  readonly tokenLifetime: number
  readonly maxRenewals: number
  /** How long a session may be given more than its roles allow. */
  readonly maxElevation: number
}

/** What a level may ask for; asked for by one, it holds. */
export interface Demands {
  /** Somebody who elevates a session must say why. */
  readonly elevationReason: boolean
  /** A second person must agree to an elevation. */
  readonly elevationApproval: boolean
}

export type Rules = Limits & Demands

/** All that one level may say. */
export type Said = Partial<Rules> & { readonly concurrent?: Concurrency }

/** What the server says for all: every rule, and how many sessions where it limits them. */
export type ServerRules = Rules & Pick<Said, 'concurrent'>

export const LIMIT_NAMES = [
  'idleTimeout',
  'maxDuration',
  'absoluteTimeout',
  'tokenLifetime',
  'maxRenewals',
  'maxElevation',
] as const satisfies readonly (keyof Limits)[]

export const DEMAND_NAMES = [
  'elevationReason',
  'elevationApproval',
] as const satisfies readonly (keyof Demands)[]

export type RuleName = keyof Rules

/** What one level says; what it leaves out it does not limit. */
export interface Policy extends Origin {
  readonly rules: Said
}

export interface EffectivePolicy {
  readonly rules: Rules
  /** Of each rule, the level that set it. */
  readonly origins: Readonly<Record<RuleName, Origin>>
  /** How many sessions there may be: of limits that count the same, the lowest. */
  readonly concurrent: readonly AppliedLimit[]
}

/** Whom a policy is looked up for. */
export interface PolicySubject {
  /** Null for a login, which is in no workspace. */
  readonly workspaceId: string | null
  /** Of the client that makes the session, where one does. */
  readonly clientId: string | null
  readonly roles: readonly string[]
  readonly acr: string | null
}

/** Whether a policy speaks of this subject; roles are a workspace's own. */
export function appliesTo({ level, subject }: Origin, to: PolicySubject): boolean {
  switch (level) {
    case 'server':
      return true
    case 'workspace':
      return subject === to.workspaceId
    case 'client':
      return subject === to.clientId
    case 'role':
      return to.roles.some((role) => subject === roleSubject(to.workspaceId ?? '', role))
    case 'acr':
      return subject === to.acr
  }
}

/** How a policy names a role: two workspaces may have roles of one name. */
export function roleSubject(workspaceId: string, role: string): string {
  return `${workspaceId}/${role}`
}

/**
 * The strictest of the server's rules and all that apply; of two that are equal, the more general
 * one is told, which is the one that would have to change.
 */
export function strictest(server: ServerRules, policies: readonly Policy[]): EffectivePolicy {
  const { concurrent, ...ofServer } = server
  const rules: { -readonly [Name in RuleName]: Rules[Name] } = { ...ofServer }
  const origins = Object.fromEntries(
    [...LIMIT_NAMES, ...DEMAND_NAMES].map((name) => [name, { level: 'server', subject: '' }]),
  ) as Record<RuleName, Origin>

  for (const { level, subject, rules: said } of policies) {
    for (const name of LIMIT_NAMES) {
      const limit = said[name]
      if (limit === undefined || limit >= rules[name]) continue
      rules[name] = limit
      origins[name] = { level, subject }
    }
    for (const name of DEMAND_NAMES) {
      if (!said[name] || rules[name]) continue
      rules[name] = true
      origins[name] = { level, subject }
    }
  }
  const all = [{ level: 'server', subject: '', rules: { concurrent } } as const, ...policies]
  const limits = strictestLimits(all.map(({ rules: said, ...origin }) => [origin, said.concurrent]))
  return { rules, origins, concurrent: limits }
}
