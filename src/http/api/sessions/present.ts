import type { z } from 'zod'
import { formatId } from '../../../ids.ts'
import type { CreatedSession } from '../../../sessions/create-session.ts'
import type { Next } from '../../../sessions/renewal.ts'
import type { CheckedSession } from '../../../sessions/session.ts'
import type { TokenCheck } from '../../../sessions/token-check.ts'
import type { Validation } from '../../../sessions/validate-session.ts'
import type { issued, next, session, validation } from './schemas.ts'

export function presentNext(to: Next): z.input<typeof next> {
  switch (to.act) {
    case 'renew':
      return { act: 'renew', from: to.from.toISOString(), until: to.until.toISOString() }
    case 'log_in':
      return { act: 'log_in', by: to.by?.toISOString() ?? null }
    case 'step_up':
      return { act: 'step_up', acr: to.acr }
  }
}

type Shown = Pick<
  TokenCheck,
  'session' | 'generation' | 'expiresAt' | 'permissions' | 'elevated' | 'elevatedUntil'
>

export function presentSession(check: Shown): z.input<typeof session> {
  const { session: one, generation, expiresAt, permissions, elevated, elevatedUntil } = check
  return {
    session_id: formatId('ses', one.id),
    kind: one.kind,
    workspace_id: formatId('wsp', one.workspaceId),
    workspace_slug: one.workspaceSlug,
    user_id: one.userId && formatId('usr', one.userId),
    login_id: one.loginId && formatId('lgn', one.loginId),
    roles: [...one.roles],
    permissions: [...new Set([...permissions, ...elevated])].sort(),
    elevated_until: elevatedUntil?.toISOString() ?? null,
    acr: one.acr,
    amr: [...(one.amr ?? [])],
    auth_time: one.authTime?.toISOString() ?? null,
    created_at: one.createdAt.toISOString(),
    last_seen_at: one.lastSeenAt.toISOString(),
    idle_end_at: idleEnd(one).toISOString(),
    absolute_end_at: one.absoluteEndAt.toISOString(),
    token_expires_at: expiresAt?.toISOString() ?? null,
    renewals: generation,
  }
}

function idleEnd({ lastSeenAt, idleTimeout, absoluteEndAt }: CheckedSession): Date {
  const idle = lastSeenAt.getTime() + idleTimeout * 1000
  return new Date(Math.min(idle, absoluteEndAt.getTime()))
}

export function presentIssued(
  made: Pick<CreatedSession, 'sessionToken' | 'check' | 'next'>,
): z.input<typeof issued> {
  return {
    session_token: made.sessionToken,
    session: presentSession(made.check),
    next: presentNext(made.next),
  }
}

export function presentValidation(judged: Validation): z.input<typeof validation> {
  if (!judged.isValid)
    return {
      is_valid: false,
      reason: judged.reason,
      end_cause: judged.cause,
      next: presentNext(judged.next),
    }
  return {
    is_valid: true,
    session: presentSession(judged.check),
    ...(judged.successor && { session_token: judged.successor }),
    next: presentNext(judged.next),
  }
}
