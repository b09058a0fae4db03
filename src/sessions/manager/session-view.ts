import type { ClientId, LoginId, SessionId, UserId, WorkspaceId } from '../../ids.ts'
import type { CheckedSession, SessionKind } from '../session.ts'
import type { TokenCheck } from './token-check.ts'

/** A session as the functions of the session manager answer with it; the same in process, over HTTP and in the SDK. */
export interface SessionView {
  readonly sessionId: SessionId
  readonly kind: SessionKind
  readonly workspaceId: WorkspaceId
  readonly workspaceSlug: string
  readonly userId: UserId | null
  /** Of a service's own session; of one made for a person, the service that made it. */
  readonly clientId: ClientId | null
  readonly loginId: LoginId | null
  readonly roles: readonly string[]
  /** Of the roles, and those that the session is given for a while. */
  readonly permissions: readonly string[]
  readonly elevatedUntil: Date | null
  readonly acr: string | null
  readonly amr: readonly string[]
  readonly authTime: Date | null
  readonly createdAt: Date
  readonly lastSeenAt: Date
  /** When it ends if nothing happens in it, and when it ends whatever happens. */
  readonly idleEndAt: Date
  readonly absoluteEndAt: Date
  readonly tokenExpiresAt: Date | null
  readonly renewals: number
}

export function viewOf(check: TokenCheck): SessionView {
  const { session, permissions, elevated } = check
  return {
    sessionId: session.id,
    kind: session.kind,
    workspaceId: session.workspaceId,
    workspaceSlug: session.workspaceSlug,
    userId: session.userId,
    clientId: session.serviceClientId,
    loginId: session.loginId,
    roles: session.roles,
    permissions: [...new Set([...permissions, ...elevated])].sort(),
    elevatedUntil: check.elevatedUntil,
    acr: session.acr,
    amr: session.amr ?? [],
    authTime: session.authTime,
    createdAt: session.createdAt,
    lastSeenAt: session.lastSeenAt,
    idleEndAt: idleEnd(session),
    absoluteEndAt: session.absoluteEndAt,
    tokenExpiresAt: check.expiresAt,
    renewals: check.generation,
  }
}

function idleEnd({ lastSeenAt, idleTimeout, absoluteEndAt }: CheckedSession): Date {
  const idle = lastSeenAt.getTime() + idleTimeout * 1000
  return new Date(Math.min(idle, absoluteEndAt.getTime()))
}
