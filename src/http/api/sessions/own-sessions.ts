import { z } from 'zod'
import { DomainError } from '../../../errors.ts'
import { formatId, parseId } from '../../../ids.ts'
import { type EndedSession, endSessions } from '../../../sessions/ending/end.ts'
import { activeSessionsOf } from '../../../sessions/manager/active-sessions.ts'
import { reaches } from '../../../sessions/manager/reach.ts'
import type { Caller, Person } from '../caller.ts'
import { type Operation, operation } from '../operation.ts'
import { tellEnds } from '../outcomes.ts'
import type { SessionsDeps } from './deps.ts'
import { presentSession } from './present.ts'
import { session, sessionId } from './schemas.ts'

// Whoever got hold of a token must not throw its owner out everywhere (ASVS 5.0 V7.5.2).
const RECENTLY = { maxAge: 600 }

const ended = z.object({ ended: z.array(sessionId) })

/** A person's own sessions, with their own token: in the workspace that it opens, and no other. */
export function ownSessionOperations(deps: SessionsDeps): readonly Operation[] {
  const own = (person: Person) => activeSessionsOf(deps.db, person.userId, person.reach)
  const end = async (person: Person, isMeant: (id: string) => boolean) => {
    const ids = (await own(person)).map(({ sessionId: id }) => id).filter(isMeant)
    const ending = { cause: 'left_workspace', by: person.actor } as const
    const gone = await endSessions(deps, { by: 'ids', value: ids }, ending)
    tellEnds(gone)
    return gone
  }

  return [
    operation({
      id: 'listOwnSessions',
      method: 'GET',
      path: '/me/sessions',
      scope: 'sessions:own',
      summary: 'List your own live sessions, the youngest first',
      input: z.object({}),
      output: z.object({ sessions: z.array(session.extend({ current: z.boolean() })) }),
      errors: [],
      handle: async ({ caller }) => {
        const person = mustBePerson(caller)
        const sessions = await own(person)
        return {
          sessions: sessions.map((view) => ({
            ...presentSession(view),
            current: view.sessionId === person.session.id,
          })),
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
        const person = mustBePerson(caller)
        const id = parseId('ses', input.session)
        const check = id && (await deps.tokenChecks(id))
        if (!check || !reaches(person.reach, check.session))
          throw new DomainError('session_not_found', 'no such session')
        return present(await end(person, (one) => one === id))
      },
    }),
    operation({
      id: 'endOtherOwnSessions',
      method: 'POST',
      path: '/me/sessions/others/termination',
      scope: 'sessions:own',
      demands: RECENTLY,
      summary: 'End all of your own sessions but this one',
      input: z.object({}),
      output: ended,
      errors: [],
      handle: async ({ caller }) => {
        const person = mustBePerson(caller)
        return present(await end(person, (one) => one !== person.session.id))
      },
    }),
  ]
}

function mustBePerson(caller: Caller): Person {
  if (caller.kind === 'person') return caller
  throw new DomainError('permission_denied', "this needs a person's own token")
}

function present(gone: readonly EndedSession[]): z.input<typeof ended> {
  return { ended: gone.map(({ id }) => formatId('ses', id)) }
}
