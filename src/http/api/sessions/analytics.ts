import { z } from 'zod'
import { formatId } from '../../../ids.ts'
import { getSessionAnalytics } from '../../../sessions/manager/get-analytics.ts'
import { type Operation, operation } from '../operation.ts'
import type { SessionsDeps } from './deps.ts'
import { sessionId, sessionToken } from './schemas.ts'

const count = z.int().min(0)

const analytics = z
  .object({
    session_id: sessionId,
    duration: z
      .number()
      .min(0)
      .meta({ description: 'Minutes, from its creation to now or its end' }),
    last_activity: z.iso.datetime(),
    validations: count,
    failed_validations: z.record(z.string(), count).meta({ description: 'Counts by reason' }),
    renewals: count,
    devices: count,
    networks: count,
    countries: z.array(z.string()),
    clients: z.array(z.string()),
  })
  .meta({ id: 'SessionAnalytics' })

/** `getSessionAnalytics(sessionToken)` */
export function analyticsOperation(deps: SessionsDeps): Operation {
  return operation({
    id: 'getSessionAnalytics',
    method: 'POST',
    path: '/sessions/analytics',
    scope: 'sessions:read',
    summary: 'How a session was used until now',
    description: 'Also of one that has ended. Counters are a few seconds behind.',
    input: z.object({ session_token: sessionToken }),
    output: analytics,
    errors: ['token_malformed', 'token_invalid', 'session_not_found'],
    handle: async ({ caller, input }) => {
      const seen = await getSessionAnalytics(deps, input.session_token, { reach: caller.reach })
      return {
        session_id: formatId('ses', seen.sessionId),
        duration: seen.duration,
        last_activity: seen.lastActivity.toISOString(),
        validations: seen.validations,
        failed_validations: { ...seen.failedValidations },
        renewals: seen.renewals,
        devices: seen.devices,
        networks: seen.networks,
        countries: [...seen.countries],
        clients: [...seen.clients],
      }
    },
  })
}
