/** One browser's stay at this application: its cookie carries `id`, everything else stays here. */
export interface Visit {
  readonly id: string
  /** Goes into every form: other applications on this host are same-site, so `SameSite` stops none of them. */
  readonly csrf: string
  readonly person: Person
  readonly workspace: Workspace
  /** The provider's session, as a logout token will name it. */
  readonly sid: string
  readonly tokens: Tokens
  /** Slugs of workspaces that were visited before, the latest first. */
  readonly recent: readonly string[]
}

export interface Person {
  readonly sub: string
  readonly name: string
  readonly email: string
}

export interface Workspace {
  readonly id: string
  readonly slug: string
  readonly roles: readonly string[]
}

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | null
  readonly idToken: string
  readonly issuedAt: Date
  readonly expiresAt: Date
  /** When the provider's session is over unless it is used. */
  readonly sessionExpiresAt: Date | null
}

const RENEW_BEFORE_MS = 30_000
const RECENT_WORKSPACES = 5

/** Soon over: the next request had better bring new ones. */
export function nearExpiry(tokens: Tokens, now: Date): boolean {
  const soon = now.getTime() + RENEW_BEFORE_MS
  return tokens.expiresAt.getTime() <= soon || sessionOver(tokens, new Date(soon))
}

/** The provider said that its session ends now; only a successful refresh says otherwise. */
export function sessionOver({ sessionExpiresAt }: Tokens, now: Date): boolean {
  return sessionExpiresAt !== null && sessionExpiresAt <= now
}

/** Where a visitor was before, without where they are now. */
export function recentWorkspaces(before: Visit | null, now: Workspace): readonly string[] {
  if (!before) return []
  const slugs = new Set([before.workspace.slug, ...before.recent])
  slugs.delete(now.slug)
  return [...slugs].slice(0, RECENT_WORKSPACES)
}
