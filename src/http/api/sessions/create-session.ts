import { z } from 'zod'
import { DomainError } from '../../../errors.ts'
import type { Holder } from '../../../sessions/manager/create-session.ts'
import { mustFindPerson } from '../../../sessions/manager/find-person.ts'
import { placeSession } from '../../../sessions/manager/place-session.ts'
import { type Operation, operation } from '../operation.ts'
import { contextOf } from './context.ts'
import type { SessionsDeps } from './deps.ts'
import { made, makeSession, makingInput, statusOf } from './make-session.ts'
import { userRef, workspaceRef } from './schemas.ts'

const input = z.object({
  user_id: userRef,
  workspace_id: workspaceRef.optional(),
  ...makingInput,
})

/** `createSession(userId, context)`: a session that no browser's login stands behind. */
export function createSessionOperation(deps: SessionsDeps): Operation {
  return operation({
    id: 'createSession',
    method: 'POST',
    path: '/sessions',
    scope: 'sessions:create',
    summary: 'Make a session for a person',
    description:
      'Without `workspace_id` it is made in the only workspace that you were admitted to and the person is a member of. A person who is in none of yours is not found. Where a limit is reached, others may end for it, or the answer is `limit_reached`, which says what would make it succeed.',
    input,
    output: made,
    status: statusOf,
    errors: [
      'user_not_found',
      'workspace_required',
      'not_a_member',
      'limit_reached',
      'unavailable',
    ],
    handle: async ({ caller, input: asked }) => {
      if (caller.kind !== 'service')
        throw new DomainError('permission_denied', 'only a service makes sessions for people')
      const person = await mustFindPerson(deps.db, asked.user_id, caller.reach)
      const placed = placeSession(person, asked.workspace_id ?? null)
      const holder: Holder = { kind: 'user', userId: person.id, roles: placed.roles }
      const stay = {
        holder,
        workspaceId: placed.workspaceId,
        clientId: caller.clientId,
        context: contextOf(asked.context),
        acr: null,
        amr: [],
        authTime: null,
        priority: asked.priority ?? null,
        by: caller.actor,
      }
      return makeSession(deps, caller, { stay, isDry: asked.dry_run })
    },
  })
}
