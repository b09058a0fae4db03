import { z } from 'zod'
import { formatId } from '../../../ids.ts'
import { activeSessionsOf } from '../../../sessions/manager/active-sessions.ts'
import { mustFindPerson } from '../../../sessions/manager/find-person.ts'
import { terminateAllUserSessions } from '../../../sessions/manager/terminate-session.ts'
import { type Operation, operation } from '../operation.ts'
import { tellEnds } from '../outcomes.ts'
import type { SessionsDeps } from './deps.ts'
import { presentSession } from './present.ts'
import { RECENTLY, session, sessionId, userRef } from './schemas.ts'

/** What concerns all sessions of one person. */
export function sessionsOfUserOperations(deps: SessionsDeps): readonly Operation[] {
  const input = z.object({ user: userRef })

  return [
    operation({
      id: 'getActiveSessions',
      method: 'GET',
      path: '/users/{user}/sessions',
      scope: 'sessions:read',
      summary: "List a person's live sessions, the youngest first",
      description: 'A person who is in no workspace of yours is not found.',
      input,
      output: z.object({ sessions: z.array(session) }),
      errors: ['user_not_found'],
      handle: async ({ caller, input: { user } }) => {
        const { id } = await mustFindPerson(deps.db, user, caller.reach)
        const sessions = await activeSessionsOf(deps.db, id, caller.reach)
        return { sessions: sessions.map(presentSession) }
      },
    }),
    operation({
      id: 'terminateAllUserSessions',
      method: 'POST',
      path: '/users/{user}/sessions/termination',
      scope: 'sessions:manage',
      // A person's own token reaches only themselves; a service needs none of this.
      demands: RECENTLY,
      summary: 'Log a person out on all devices',
      description:
        'Ends their sessions in the workspaces that you were admitted to; a person who is in none of them is not found. Offline sessions stay.',
      input,
      output: z.object({ ended: z.array(sessionId) }),
      errors: ['user_not_found'],
      handle: async ({ caller, input: { user } }) => {
        const { id } = await mustFindPerson(deps.db, user, caller.reach)
        const ended = await terminateAllUserSessions(deps, id, {
          by: caller.actor,
          reach: caller.reach,
        })
        tellEnds(ended)
        return { ended: ended.map((one) => formatId('ses', one.id)) }
      },
    }),
  ]
}
