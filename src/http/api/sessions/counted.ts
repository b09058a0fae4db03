import { z } from 'zod'
import { formatId, type LoginId, type SessionId, type UserId } from '../../../ids.ts'
import type { CountedCandidate } from '../../../sessions/limits/coming.ts'
import { activeSessionsOf } from '../../../sessions/manager/active-sessions.ts'
import { type Reach, workspacesOfReach } from '../../../sessions/manager/reach.ts'
import type { SessionsDeps } from './deps.ts'

const instant = z.iso.datetime()

/** A login or a session that a limit counts. */
export const counted = z
  .object({
    kind: z.enum(['login', 'session']),
    id: z.string().meta({ description: '`lgn_…` or `ses_…`' }),
    created_at: instant,
    last_seen_at: instant,
    priority: z.int().nullable().meta({ description: 'As the API gave it' }),
  })
  .meta({ id: 'CountedSession' })

export function presentCounted(one: CountedCandidate): z.input<typeof counted> {
  return {
    kind: one.kind,
    id:
      one.kind === 'login'
        ? formatId('lgn', one.id as LoginId)
        : formatId('ses', one.id as SessionId),
    created_at: one.createdAt.toISOString(),
    last_seen_at: one.lastSeenAt.toISOString(),
    priority: one.priority,
  }
}

export interface Seen {
  readonly seen: readonly CountedCandidate[]
  /** How many are beyond the caller's reach. */
  readonly others: number
}

/** Sessions in the caller's workspaces, and the logins that hold such a session. */
export async function seenBy(
  { db }: Pick<SessionsDeps, 'db'>,
  reach: Reach,
  candidates: readonly CountedCandidate[],
): Promise<Seen> {
  const reached = workspacesOfReach(reach)
  const people = candidates.flatMap(({ kind, userId }) => (kind === 'login' ? (userId ?? []) : []))
  const logins = await loginsWithin(db, new Set(people), reach)
  const seen = candidates.filter(({ kind, id, workspaceId }) =>
    kind === 'login' ? logins.has(id) : workspaceId !== null && reached.includes(workspaceId),
  )
  return { seen, others: candidates.length - seen.length }
}

async function loginsWithin(
  db: SessionsDeps['db'],
  people: ReadonlySet<UserId>,
  reach: Reach,
): Promise<ReadonlySet<string>> {
  const logins = new Set<string>()
  for (const userId of people)
    for (const { loginId } of await activeSessionsOf(db, userId, reach))
      if (loginId) logins.add(loginId)
  return logins
}
