import { z } from 'zod'
import type { Context } from '../../../sessions/context/context.ts'
import { updateSessionContext } from '../../../sessions/manager/update-context.ts'
import { type Operation, operation } from '../operation.ts'
import type { SessionsDeps } from './deps.ts'
import { presentSession } from './present.ts'
import { session, sessionContext, sessionToken } from './schemas.ts'

/** `updateSessionContext(sessionToken, context)` */
export function contextOperation(deps: SessionsDeps): Operation {
  return operation({
    id: 'updateSessionContext',
    method: 'POST',
    path: '/sessions/context',
    scope: 'sessions:validate',
    summary: 'Tell of a change in where a session is used',
    description:
      'What is left out stays as it was. Another device, or another country sooner than anybody travels, asks for a stronger login and changes nothing.',
    input: z.object({ session_token: sessionToken, context: sessionContext }),
    output: z.object({ session }),
    errors: ['context_mismatch', 'session_expired', 'session_ended', 'session_not_found'],
    handle: async ({ caller, input }) => {
      const view = await updateSessionContext(deps, input.session_token, contextOf(input.context), {
        by: caller.actor,
        reach: caller.reach,
      })
      return { session: presentSession(view) }
    },
  })
}

/** A context as the API takes it, in our words. */
export function contextOf(given: z.output<typeof sessionContext>): Context {
  const { country, city } = given.location ?? {}
  return {
    ...(given.ip_address && { address: given.ip_address }),
    ...(given.user_agent && { userAgent: given.user_agent }),
    ...(given.device_id && { deviceId: given.device_id }),
    ...(country && { country: country.toUpperCase() }),
    ...(city && { city }),
  }
}
