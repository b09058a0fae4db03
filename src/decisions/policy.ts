/** Where a rule comes from; what holds for a session is the strictest of all that apply to it. */
export type PolicyLevel = 'server' | 'workspace' | 'client' | 'role' | 'acr'

export const POLICY_LEVELS = [
  'server',
  'workspace',
  'client',
  'role',
  'acr',
] as const satisfies readonly PolicyLevel[]

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
export interface Policy {
  readonly level: PolicyLevel
  /** Whom it is about, as the level names them; empty for the server. */
  readonly subject: string
  readonly rules: Partial<Rules>
}

/** Which rule won. */
export interface Origin {
  readonly level: PolicyLevel
  readonly subject: string
}

export interface EffectivePolicy {
  readonly rules: Rules
  /** Of each rule, the level that set it. */
  readonly origins: Readonly<Record<RuleName, Origin>>
}

/** Whom a policy is looked up for. */
export interface PolicySubject {
  readonly workspaceId: string
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
      return to.roles.some((role) => subject === roleSubject(to.workspaceId, role))
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
export function strictest(server: Rules, policies: readonly Policy[]): EffectivePolicy {
  const rules: { -readonly [Name in RuleName]: Rules[Name] } = { ...server }
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
  return { rules, origins }
}
