import { z } from 'zod'
import { formatId } from '../../../ids.ts'
import { consistencyOf } from '../../../sessions/manager/consistency.ts'
import { renewSession } from '../../../sessions/manager/renew-session.ts'
import { terminateSession } from '../../../sessions/manager/terminate-session.ts'
import { validateSession } from '../../../sessions/manager/validate-session.ts'
import { type Operation, operation } from '../operation.ts'
import { tellEnds } from '../outcomes.ts'
import { contextOf } from './context.ts'
import type { SessionsDeps } from './deps.ts'
import { presentIssued, presentValidation } from './present.ts'
import {
  consistency,
  issued,
  sessionContext,
  sessionId,
  sessionToken,
  validation,
} from './schemas.ts'

/** What is done with a session token alone. */
export function sessionTokenOperations(deps: SessionsDeps): readonly Operation[] {
  return [
    operation({
      id: 'validateSession',
      method: 'POST',
      path: '/sessions/validation',
      scope: 'sessions:validate',
      summary: 'Ask whether a session token is good',
      description:
        'Judged in the order form, signature, expiry, existence, status, context. A token that is no good is an answer and no error: `is_valid` is false, and `next` says what leads on.',
      consistency: 'asked',
      input: z.object({
        session_token: sessionToken,
        context: sessionContext.optional(),
        consistency: consistency.optional(),
        background: z
          .boolean()
          .default(false)
          .meta({ description: 'A poll or a prefetch, which keeps nobody’s session alive' }),
      }),
      output: validation,
      errors: [],
      handle: async ({ caller, input }) =>
        presentValidation(
          await validateSession(deps, input.session_token, {
            reach: caller.reach,
            background: input.background,
            consistency: consistencyOf(rulesOf(deps), input.consistency),
            clientId: caller.clientId,
            ...(input.context && { context: contextOf(input.context) }),
          }),
        ),
    }),
    operation({
      id: 'renewSession',
      method: 'POST',
      path: '/sessions/renewal',
      scope: 'sessions:validate',
      summary: 'Get the successor of a session token',
      description:
        'Without a new login, in the same context. The replaced token gets the same successor for the grace period; that is no further renewal. After it, the token counts as copied and its session ends.',
      input: z.object({ session_token: sessionToken }),
      output: issued,
      errors: [
        'token_malformed',
        'token_invalid',
        'token_reused',
        'session_expired',
        'session_not_found',
        'session_ended',
        'renewal_too_early',
        'renewals_exhausted',
      ],
      handle: async ({ caller, input }) =>
        presentIssued(await renewSession(deps, input.session_token, { reach: caller.reach })),
    }),
    operation({
      id: 'terminateSession',
      method: 'POST',
      path: '/sessions/termination',
      scope: 'sessions:manage',
      summary: 'End the session of a session token',
      description: 'Its key is destroyed. Ending what has ended already is no error.',
      input: z.object({ session_token: sessionToken }),
      output: z.object({ ended: z.array(sessionId) }),
      errors: ['token_malformed', 'token_invalid', 'session_not_found'],
      handle: async ({ caller, input }) => {
        const { reach, actor: by } = caller
        const ended = await terminateSession(deps, input.session_token, { reach, by })
        if (!ended) return { ended: [] }
        tellEnds([ended])
        return { ended: [formatId('ses', ended.id)] }
      },
    }),
  ]
}

function rulesOf({ config: { distributed, validation: checks } }: SessionsDeps) {
  return {
    consistency: distributed.consistency,
    boundedOnRequest: checks.boundedOnRequest,
  }
}
