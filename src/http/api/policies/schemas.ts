import { z } from 'zod'
import type { Rules } from '../../../decisions/policy.ts'
import { appliedLimit, concurrentSessions } from './limit-schemas.ts'

const seconds = (description: string) =>
  z
    .int()
    .min(1)
    .max(31_536_000)
    .optional()
    .meta({ description: `Seconds. ${description}` })

/** What one level of policy may say; whatever is left out it does not limit. */
export const rules = z
  .strictObject({
    idle_timeout: seconds('Without activity for so long, a session ends'),
    max_session_duration: seconds('Counted from the creation of the session'),
    absolute_timeout: seconds('Counted from the authentication of the login'),
    token_lifetime: seconds('What a session token, and each renewal, is good for'),
    max_renewals: z.int().min(0).max(100_000).optional(),
    max_elevation: seconds('How long a session may be given more than its roles allow'),
    elevation_reason: z.boolean().optional(),
    elevation_approval: z.boolean().optional(),
    concurrent_sessions: concurrentSessions.optional(),
  })
  .meta({ id: 'PolicyRules' })

export const NAMES = {
  idle_timeout: 'idleTimeout',
  max_session_duration: 'maxDuration',
  absolute_timeout: 'absoluteTimeout',
  token_lifetime: 'tokenLifetime',
  max_renewals: 'maxRenewals',
  max_elevation: 'maxElevation',
  elevation_reason: 'elevationReason',
  elevation_approval: 'elevationApproval',
} as const satisfies Record<
  Exclude<keyof z.output<typeof rules>, 'concurrent_sessions'>,
  keyof Rules
>

const origin = z.object({
  value: z.union([z.number(), z.boolean()]),
  level: z.enum(['server', 'workspace', 'client', 'role', 'acr']),
  subject: z.string().meta({ description: 'Whom the level is about; empty for the server' }),
})

export const explanation = z
  .object({
    rules: z.record(z.enum(Object.keys(NAMES) as (keyof typeof NAMES)[]), origin),
    concurrent_sessions: z.array(appliedLimit),
  })
  .meta({ id: 'PolicyExplanation', description: 'Each rule that holds, and which level set it' })
