import { z } from 'zod'
import { DomainError } from '../../../errors.ts'
import { formatId, parseId, type SessionId } from '../../../ids.ts'
import { type EndedSession, endSession } from '../../../sessions/ending/end.ts'
import {
  endOwnSessions,
  isOwn,
  type Owner,
  pageOwnSessions,
} from '../../../sessions/manager/own-sessions.ts'
import type { Caller } from '../caller.ts'
import { type Operation, operation } from '../operation.ts'
import { tellEnds } from '../outcomes.ts'
import type { SessionsDeps } from './deps.ts'
import { presentSession } from './present.ts'
import { pageInput, RECENTLY, session, sessionId } from './schemas.ts'

const ended = z.object({ ended: z.array(sessionId) })

/** The caller's own sessions: a person's in the workspace that their token opens, a service's where it is admitted. */
export function ownSessionOperations(deps: SessionsDeps): readonly Operation[] {
  return [
    operation({
      id: 'listOwnSessions',
      method: 'GET',
      path: '/me/sessions',
      scope: 'sessions:own',
      summary: 'List your own live sessions, the youngest first, page by page',
      description:
        'A person sees those in the workspace that their token opens, a service those that it holds itself.',
      input: z.object(pageInput),
      output: z.object({
        sessions: z.array(session.extend({ current: z.boolean() })),
        next_cursor: z.string().nullable(),
      }),
      errors: [],
      handle: async ({ caller, input }) => {
        const { sessions, next } = await pageOwnSessions(deps.db, ownerOf(caller), {
          after: input.cursor ? parseId('ses', input.cursor) : null,
          limit: input.limit,
        })
        const current = currentOf(caller)
        return {
          sessions: sessions.map((view) => ({
            ...presentSession(view),
            current: view.sessionId === current,
          })),
          next_cursor: next && formatId('ses', next),
        }
      },
    }),
    operation({
      id: 'endOwnSession',
      method: 'DELETE',
      path: '/me/sessions/{session}',
      scope: 'sessions:own',
      demands: RECENTLY,
      summary: 'End one of your own sessions',
      description: 'Ending what has ended already is no error; what is not yours is not found.',
      input: z.object({ session: sessionId }),
      output: ended,
      errors: ['session_not_found'],
      handle: async ({ caller, input }) => {
        const id = parseId('ses', input.session)
        const check = id && (await deps.tokenChecks(id))
        if (!check || !isOwn(ownerOf(caller), check.session))
          throw new DomainError('session_not_found', 'no such session')
        const ending = { cause: 'left_workspace', by: caller.actor } as const
        const gone = await endSession(deps, check.session.id, ending)
        return present(gone ? [gone] : [])
      },
    }),
    operation({
      id: 'endOtherOwnSessions',
      method: 'POST',
      path: '/me/sessions/others/termination',
      scope: 'sessions:own',
      demands: RECENTLY,
      summary: 'End all of your own sessions but this one',
      description: 'A service asks from outside of its sessions: all of them end.',
      input: z.object({}),
      output: ended,
      errors: [],
      handle: async ({ caller }) => {
        const how = { except: currentOf(caller), by: caller.actor }
        return present(await endOwnSessions(deps, ownerOf(caller), how))
      },
    }),
  ]
}

function ownerOf(caller: Caller): Owner {
  if (caller.kind === 'person')
    return { kind: 'person', userId: caller.userId, workspaceId: caller.session.workspaceId }
  return {
    kind: 'service',
    clientId: caller.clientId,
    workspaceIds: [...caller.reach.workspaceIds],
  }
}

/** The session that the caller's token lives in; a service's lives in none. */
function currentOf(caller: Caller): SessionId | null {
  return caller.kind === 'person' ? caller.session.id : null
}

function present(gone: readonly EndedSession[]): z.input<typeof ended> {
  tellEnds(gone)
  return { ended: gone.map(({ id }) => formatId('ses', id)) }
}
