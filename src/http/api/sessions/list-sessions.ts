import { z } from 'zod'
import { findClient } from '../../../clients/find-client.ts'
import { DomainError } from '../../../errors.ts'
import { formatId, parseId } from '../../../ids.ts'
import { contextHash } from '../../../sessions/context/context-hash.ts'
import { endSession } from '../../../sessions/ending/end.ts'
import { anyPerson } from '../../../sessions/manager/find-person.ts'
import { type PageFilter, pageSessions } from '../../../sessions/manager/page-sessions.ts'
import { reaches, workspacesOfReach } from '../../../sessions/manager/reach.ts'
import { viewOf } from '../../../sessions/manager/session-view.ts'
import { findWorkspace } from '../../../workspaces/find-workspace.ts'
import type { Caller } from '../caller.ts'
import { type Operation, operation } from '../operation.ts'
import { tellEnds } from '../outcomes.ts'
import type { SessionsDeps } from './deps.ts'
import { presentSession } from './present.ts'
import { pageInput, RECENTLY, session, sessionId, userRef, workspaceRef } from './schemas.ts'

const filters = z.object({
  user: userRef.optional(),
  workspace: workspaceRef.optional(),
  client: z.string().max(128).optional().meta({ description: 'A client that takes part' }),
  address: z.string().max(64).optional().meta({ description: 'An exact address' }),
  device: z.string().max(256).optional().meta({ description: 'A device, as you named it' }),
  state: z.enum(['live', 'ended']).default('live'),
  ...pageInput,
})

const page = z.object({
  sessions: z.array(session),
  next_cursor: z.string().nullable(),
})

/** Sessions by what they have in common, and one of them by its identifier. */
export function listSessionsOperations(deps: SessionsDeps): readonly Operation[] {
  return [
    operation({
      id: 'listSessions',
      method: 'GET',
      path: '/sessions',
      scope: 'sessions:read',
      summary: 'List sessions, the youngest first, page by page',
      input: filters,
      output: page,
      errors: [],
      handle: async ({ caller, input }) => {
        const filter = await filterOf(deps, caller, input)
        if (filter === null) return { sessions: [], next_cursor: null }
        const after = input.cursor ? parseId('ses', input.cursor) : null
        const { sessions, next } = await pageSessions(deps.db, {
          filter,
          after,
          limit: input.limit,
        })
        return {
          sessions: sessions.map(presentSession),
          next_cursor: next && formatId('ses', next),
        }
      },
    }),
    operation({
      id: 'getSession',
      method: 'GET',
      path: '/sessions/{session}',
      scope: 'sessions:read',
      summary: 'One session by its identifier',
      input: z.object({ session: sessionId }),
      output: session,
      errors: ['session_not_found'],
      handle: async ({ caller, input }) =>
        presentSession(viewOf(await mustFind(deps, caller, input))),
    }),
    operation({
      id: 'endSession',
      method: 'DELETE',
      path: '/sessions/{session}',
      scope: 'sessions:manage',
      demands: RECENTLY,
      summary: 'End a session by its identifier',
      description: 'Ending what has ended already is no error.',
      input: z.object({ session: sessionId }),
      output: z.object({ ended: z.array(sessionId) }),
      errors: ['session_not_found'],
      handle: async ({ caller, input }) => {
        const { session: one } = await mustFind(deps, caller, input)
        const ending = { cause: 'administrator', by: caller.actor } as const
        const ended = await endSession(deps, one.id, ending)
        if (!ended) return { ended: [] }
        tellEnds([ended])
        return { ended: [formatId('ses', ended.id)] }
      },
    }),
  ]
}

async function mustFind(deps: SessionsDeps, caller: Caller, input: { readonly session: string }) {
  const id = parseId('ses', input.session)
  const check = id && (await deps.tokenChecks(id))
  if (check && reaches(caller.reach, check.session)) return check
  throw new DomainError('session_not_found', 'no such session')
}

/** Null where nothing can be found: what the caller may not see, and what is not there, look the same. */
async function filterOf(
  deps: SessionsDeps,
  caller: Caller,
  input: z.output<typeof filters>,
): Promise<PageFilter | null> {
  const [workspace, userId, client] = await Promise.all([
    input.workspace === undefined ? undefined : findWorkspace(deps.db, input.workspace),
    input.user === undefined ? undefined : anyPerson(deps.db, input.user),
    input.client === undefined ? undefined : findClient(deps.db, input.client),
  ])
  if (workspace === null || userId === null || client === null) return null
  if (caller.reach.of === 'user' && userId && userId !== caller.reach.userId) return null

  const reached = workspacesOfReach(caller.reach)
  const workspaceIds = workspace ? reached.filter((id) => id === workspace.id) : reached
  if (workspaceIds.length === 0) return null
  return {
    workspaceIds,
    userId: caller.reach.of === 'user' ? caller.reach.userId : (userId ?? null),
    clientId: client?.id ?? null,
    addressHash: hashOf(deps, 'address', input.address),
    deviceHash: hashOf(deps, 'device', input.device),
    state: input.state,
  }
}

function hashOf(
  { serverKeys }: SessionsDeps,
  kind: 'address' | 'device',
  value: string | undefined,
): Buffer | null {
  return value === undefined ? null : contextHash(serverKeys, kind, value)
}
