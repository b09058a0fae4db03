import type { ClientId, LoginId, SessionId, UserId, WorkspaceId } from '../ids.ts'

export type SessionKind = 'login' | 'offline' | 'api' | 'service'

/** Why a session that has not been marked as ended may not be used all the same. */
export type Refusal =
  | 'ended'
  | 'absolute'
  | 'idle'
  | 'login_ended'
  | 'user_ended'
  | 'workspace_ended'
  | 'not_a_member'
  | 'not_admitted'

/** A session as every check of a token sees it: joined with login, user, workspace and membership. */
export interface CheckedSession {
  readonly id: SessionId
  readonly kind: SessionKind
  readonly workspaceId: WorkspaceId
  readonly workspaceSlug: string
  readonly workspaceName: string
  readonly roles: readonly string[]
  readonly userId: UserId | null
  readonly serviceClientId: ClientId | null
  readonly loginId: LoginId | null
  readonly epochId: string | null
  /** Null once the session has ended: its key is destroyed. */
  readonly secretWrapped: Buffer | null
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly absoluteEndAt: Date
  readonly idleTimeout: number
  readonly authTime: Date | null
  readonly acr: string | null
  readonly amr: readonly string[] | null
  readonly refusal: Refusal | null
  /** The database's time of this very reading. */
  readonly readAt: Date
}

export interface SessionLimits {
  /** Seconds, each. */
  readonly idleTimeout: number
  readonly maxDuration: number
  /** Counted from the login's authentication. */
  readonly absoluteTimeout: number
}

/** The moment beyond which no renewal leads: the earliest of three. */
export function absoluteEnd(
  limits: SessionLimits,
  login: { readonly authTime: Date; readonly absoluteEndAt: Date } | null,
  now: Date,
): Date {
  const ends = [now.getTime() + limits.maxDuration * 1000]
  if (login) {
    ends.push(login.authTime.getTime() + limits.absoluteTimeout * 1000)
    ends.push(login.absoluteEndAt.getTime())
  }
  return new Date(Math.min(...ends))
}

/** When the session ends if nothing more happens in it. */
export function expiresAt(session: CheckedSession): Date {
  const idle = session.lastSeenAt.getTime() + session.idleTimeout * 1000
  return new Date(Math.min(idle, session.absoluteEndAt.getTime()))
}
