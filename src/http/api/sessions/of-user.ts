import { z } from 'zod'
import { DomainError } from '../../../errors.ts'
import { formatId } from '../../../ids.ts'
import { activeSessionsOf } from '../../../sessions/manager/active-sessions.ts'
import { personOf } from '../../../sessions/manager/place-session.ts'
import { terminateAllUserSessions } from '../../../sessions/manager/terminate-session.ts'
import { type Operation, operation } from '../operation.ts'
import { tellEnds } from '../outcomes.ts'
import type { SessionsDeps } from './deps.ts'
import { presentSession } from './present.ts'
import { RECENTLY, session, sessionId, userRef } from './schemas.ts'

/** What concerns all sessions of one person. */
export function sessionsOfUserOperations(deps: SessionsDeps): readonly Operation[] {
  const input = z.object({ user: userRef })
  const mustFind = async (reference: string) => {
    const user = await personOf(deps.db, reference)
    if (!user) throw new DomainError('user_not_found', 'no such user')
    return user
  }

  return [
    operation({
      id: 'getActiveSessions',
      method: 'GET',
      path: '/users/{user}/sessions',
      scope: 'sessions:read',
      summary: "List a person's live sessions, the youngest first",
      input,
      output: z.object({ sessions: z.array(session) }),
      errors: ['user_not_found'],
      handle: async ({ caller, input: { user } }) => {
        const { id } = await mustFind(user)
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
        'Ends their sessions in the workspaces that you were admitted to. Offline sessions stay.',
      input,
      output: z.object({ ended: z.array(sessionId) }),
      errors: ['user_not_found'],
      handle: async ({ caller, input: { user } }) => {
        const { id } = await mustFind(user)
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
