import type { z } from 'zod'
import { formatId } from '../../../ids.ts'
import type { IssuedSession } from '../../../sessions/manager/issue-session.ts'
import type { Next } from '../../../sessions/manager/renewal.ts'
import type { SessionView } from '../../../sessions/manager/session-view.ts'
import type { Validation } from '../../../sessions/manager/validate-session.ts'
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

export function presentSession(view: SessionView): z.input<typeof session> {
  return {
    session_id: formatId('ses', view.sessionId),
    kind: view.kind,
    workspace_id: formatId('wsp', view.workspaceId),
    workspace_slug: view.workspaceSlug,
    user_id: view.userId && formatId('usr', view.userId),
    client_id: view.clientId && formatId('cli', view.clientId),
    login_id: view.loginId && formatId('lgn', view.loginId),
    roles: [...view.roles],
    permissions: [...view.permissions],
    elevated_until: instant(view.elevatedUntil),
    acr: view.acr,
    amr: [...view.amr],
    auth_time: instant(view.authTime),
    created_at: view.createdAt.toISOString(),
    last_seen_at: view.lastSeenAt.toISOString(),
    idle_end_at: view.idleEndAt.toISOString(),
    absolute_end_at: view.absoluteEndAt.toISOString(),
    token_expires_at: instant(view.tokenExpiresAt),
    renewals: view.renewals,
  }
}

export function presentIssued(made: IssuedSession): z.input<typeof issued> {
  return {
    session_token: made.sessionToken,
    session: presentSession(made.session),
    next: presentNext(made.next),
  }
}

export function presentValidation(judged: Validation): z.input<typeof validation> {
  if (!judged.isValid)
    return {
      is_valid: false,
      view_age_ms: Math.ceil(judged.viewAgeMs),
      reason: judged.reason,
      end_cause: judged.endCause,
      next: presentNext(judged.next),
    }
  return {
    is_valid: true,
    view_age_ms: Math.ceil(judged.viewAgeMs),
    session: presentSession(judged.session),
    ...(judged.sessionToken && { session_token: judged.sessionToken }),
    next: presentNext(judged.next),
  }
}

function instant(at: Date | null): string | null {
  return at?.toISOString() ?? null
}
