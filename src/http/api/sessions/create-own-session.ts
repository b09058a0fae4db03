import { z } from 'zod'
import { DomainError } from '../../../errors.ts'
import type { NewStay } from '../../../sessions/manager/create-session.ts'
import { placeService } from '../../../sessions/manager/place-session.ts'
import { type Operation, operation } from '../operation.ts'
import { contextOf } from './context.ts'
import type { SessionsDeps } from './deps.ts'
import { made, makeSession, makingInput, statusOf } from './make-session.ts'
import { workspaceRef } from './schemas.ts'

/**
 * A session that a service holds itself. Under a scope of its own: whoever may do this alone makes
 * no sessions in anybody's name.
 */
export function createOwnSessionOperation(deps: SessionsDeps): Operation {
  return operation({
    id: 'createOwnSession',
    method: 'POST',
    path: '/me/sessions',
    scope: 'sessions:own',
    summary: 'Make a session of your own, as a service',
    description:
      'It lives as a person’s does: its token is validated, renewed and ended alike, and it ends when you are dismissed from the workspace, disabled or deleted. Without `workspace_id` it is made in the only workspace that you were admitted to. A person’s session begins with a login.',
    input: z.object({
      workspace_id: workspaceRef.optional(),
      ...makingInput,
    }),
    output: made,
    status: statusOf,
    errors: [
      'permission_denied',
      'workspace_required',
      'workspace_not_found',
      'not_a_member',
      'limit_reached',
    ],
    handle: async ({ caller, input }) => {
      if (caller.kind !== 'service')
        throw new DomainError('permission_denied', 'a person’s session begins with a login')
      const named = input.workspace_id ?? null
      const workspaceId = await placeService(deps.db, { named, reach: caller.reach })
      const stay: NewStay = {
        holder: { kind: 'service' },
        workspaceId,
        clientId: caller.clientId,
        context: contextOf(input.context),
        acr: null,
        amr: [],
        authTime: null,
        priority: input.priority ?? null,
        by: caller.actor,
      }
      return makeSession(deps, caller, { stay, isDry: input.dry_run })
    },
  })
}
