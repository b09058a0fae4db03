/** Where a rule comes from; what holds for a session is the strictest of all that apply to it. */
export type PolicyLevel = 'server' | 'workspace' | 'client' | 'role' | 'acr'

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
}

export const LIMIT_NAMES = [
  'idleTimeout',
  'maxDuration',
  'absoluteTimeout',
  'tokenLifetime',
  'maxRenewals',
] as const satisfies readonly (keyof Limits)[]

export type LimitName = (typeof LIMIT_NAMES)[number]

/** What one level says; what it leaves out it does not limit. */
export interface Policy {
  readonly level: PolicyLevel
  /** Whom it is about, as the level names them; empty for the server. */
  readonly subject: string
  readonly rules: Partial<Limits>
}

/** Which rule won. */
export interface Origin {
  readonly level: PolicyLevel
  readonly subject: string
}

export interface EffectivePolicy {
  readonly limits: Limits
  /** Of each limit, the level that set it. */
  readonly origins: Readonly<Record<LimitName, Origin>>
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
export function appliesTo({ level, subject }: Omit<Policy, 'rules'>, to: PolicySubject): boolean {
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
 * The strictest of the server's limits and all that apply; of two that are equal, the more general
 * one is told, which is the one that would have to change.
 */
export function strictest(server: Limits, policies: readonly Policy[]): EffectivePolicy {
  const limits: Record<LimitName, number> = { ...server }
  const origins = Object.fromEntries(
    LIMIT_NAMES.map((name) => [name, { level: 'server', subject: '' }]),
  ) as Record<LimitName, Origin>

  for (const { level, subject, rules } of policies) {
    for (const name of LIMIT_NAMES) {
      const rule = rules[name]
      if (rule === undefined || rule >= limits[name]) continue
      limits[name] = rule
      origins[name] = { level, subject }
    }
  }
  return { limits, origins }
}
