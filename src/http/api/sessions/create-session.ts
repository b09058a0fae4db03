import { z } from 'zod'
import { DomainError } from '../../../errors.ts'
import { createSession, type Holder } from '../../../sessions/manager/create-session.ts'
import { personOf, placeSession } from '../../../sessions/manager/place-session.ts'
import { type Operation, operation } from '../operation.ts'
import { tellCreated } from '../outcomes.ts'
import { contextOf } from './context.ts'
import type { SessionsDeps } from './deps.ts'
import { presentIssued } from './present.ts'
import { issued, sessionContext, userRef, workspaceRef } from './schemas.ts'

const input = z.object({
  user_id: userRef,
  workspace_id: workspaceRef.optional(),
  context: sessionContext.default({}),
  priority: z.int().min(-1000).max(1000).optional(),
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
      'Without `workspace_id` it is made in the only workspace that you were admitted to and the person is a member of.',
    input,
    output: issued,
    status: 201,
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
      const user = await personOf(deps.db, asked.user_id)
      if (!user) throw new DomainError('user_not_found', 'no such user')
      const placed = await placeSession(deps.db, user.id, {
        named: asked.workspace_id ?? null,
        reach: caller.reach,
      })
      const holder: Holder = { kind: 'user', userId: user.id, roles: placed.roles }
      const created = await createSession(deps, {
        holder,
        workspaceId: placed.workspaceId,
        clientId: caller.clientId,
        context: contextOf(asked.context),
        acr: null,
        amr: [],
        authTime: null,
        priority: asked.priority ?? null,
        by: caller.actor,
      })
      tellCreated('api')
      return presentIssued(created)
    },
  })
}
