import type { Actor } from '../../audit/append-entry.ts'
import type { Db } from '../../database/transaction.ts'
import type { ClientId, SessionId, UserId, WorkspaceId } from '../../ids.ts'
import { type EndedSession, endSessions } from '../ending/end.ts'
import type { CheckedSession } from '../session.ts'
import { type Page, pageSessions } from './page-sessions.ts'
import { type PageFilter, selectPage } from './page-store.ts'

/** Whose own sessions are meant: a person's in one workspace, or those that a service itself holds. */
export type Owner =
  | { readonly kind: 'person'; readonly userId: UserId; readonly workspaceId: WorkspaceId }
  | {
      readonly kind: 'service'
      readonly clientId: ClientId
      readonly workspaceIds: readonly WorkspaceId[]
    }

/** One page of one's own live sessions, the youngest first. */
export function pageOwnSessions(
  db: Db,
  owner: Owner,
  at: { readonly after: SessionId | null; readonly limit: number },
): Promise<Page> {
  return pageSessions(db, { filter: filterOf(owner), ...at })
}

export function isOwn(
  owner: Owner,
  session: Pick<CheckedSession, 'kind' | 'userId' | 'workspaceId' | 'serviceClientId'>,
): boolean {
  if (owner.kind === 'person')
    return session.userId === owner.userId && session.workspaceId === owner.workspaceId
  const isHeld = session.kind === 'service' && session.serviceClientId === owner.clientId
  return isHeld && owner.workspaceIds.includes(session.workspaceId)
}

const BATCH = 500

/** Ends all of one's own sessions but the one that is named, however many there are. */
export async function endOwnSessions(
  deps: { readonly db: Db },
  owner: Owner,
  { except, by }: { readonly except: SessionId | null; readonly by: Actor },
): Promise<EndedSession[]> {
  const filter = filterOf(owner)
  const all: EndedSession[] = []
  for (let after: SessionId | null = null; ; ) {
    const ids: readonly SessionId[] = await selectPage(deps.db, { filter, after, limit: BATCH })
    const meant = ids.filter((id) => id !== except)
    const ending = { cause: 'left_workspace', by } as const
    all.push(...(await endSessions(deps, { by: 'ids', value: meant }, ending)))
    after = ids.at(-1) ?? null
    if (ids.length < BATCH) return all
  }
}

function filterOf(owner: Owner): PageFilter {
  const one = { clientId: null, addressHash: null, state: 'live' } as const
  if (owner.kind === 'person')
    return { ...one, workspaceIds: [owner.workspaceId], userId: owner.userId }
  return { ...one, workspaceIds: owner.workspaceIds, userId: null, heldBy: owner.clientId }
}
