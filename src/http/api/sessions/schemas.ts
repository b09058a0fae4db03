import { z } from 'zod'

/** The shapes of the sessions API, each named once: requests are judged by them, and the documentation is made of them. */

const instant = z.iso.datetime().meta({ description: 'An instant, in UTC' })

export const userRef = z
  .string()
  .min(1)
  .max(255)
  .meta({ description: "A person's identifier (`usr_…`) or their identifier in your directory" })

export const workspaceRef = z
  .string()
  .min(1)
  .max(63)
  .meta({ description: "A workspace's identifier (`wsp_…`) or slug" })

export const sessionId = z
  .string()
  .max(64)
  .regex(/^ses_[0-9a-z]+$/)
  .meta({ description: "A session's identifier, `ses_…`" })

/** What each list that comes page by page takes. */
export const pageInput = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: sessionId.optional().meta({ description: '`next_cursor` of the page before' }),
}

/** Whoever got hold of a token must not throw its owner out everywhere (ASVS 5.0 V7.5.2). */
export const RECENTLY = { maxAge: 600 }

export const sessionToken = z
  .string()
  .max(4096)
  .meta({ description: 'A session token: a JWS that only this server can check' })

export const sessionContext = z
  .object({
    ip_address: z.string().max(64).optional(),
    user_agent: z.string().max(2048).optional(),
    device_id: z.string().max(256).optional(),
    last_activity: z.iso
      .datetime()
      .optional()
      .meta({ description: 'As far as you know; it prolongs nothing by itself' }),
    location: z
      .object({
        country: z
          .string()
          .regex(/^[A-Za-z]{2}$/)
          .optional()
          .meta({ description: 'ISO 3166-1, two letters' }),
        city: z.string().max(120).optional(),
      })
      .optional(),
  })
  .meta({
    id: 'SessionContext',
    description: 'Where a session is used; what is not known is left out',
  })

export const next = z
  .discriminatedUnion('act', [
    z.object({ act: z.literal('renew'), from: instant, until: instant }),
    z.object({ act: z.literal('log_in'), by: instant.nullable() }),
    z.object({ act: z.literal('step_up'), acr: z.string() }),
  ])
  .meta({ id: 'Next', description: 'What the caller can do next' })

export const session = z
  .object({
    session_id: sessionId,
    kind: z.enum(['login', 'offline', 'api', 'service']),
    workspace_id: z.string(),
    workspace_slug: z.string(),
    user_id: z.string().nullable(),
    client_id: z.string().nullable(),
    login_id: z.string().nullable(),
    roles: z.array(z.string()),
    permissions: z.array(z.string()),
    elevated_until: instant.nullable(),
    acr: z.string().nullable(),
    amr: z.array(z.string()),
    auth_time: instant.nullable(),
    created_at: instant,
    last_seen_at: instant,
    idle_end_at: instant.meta({ description: 'When it ends if nothing happens in it' }),
    absolute_end_at: instant.meta({ description: 'When it ends whatever happens' }),
    token_expires_at: instant.nullable(),
    renewals: z.int().min(0),
  })
  .meta({ id: 'Session' })

export const invalidReason = z.enum([
  'malformed',
  'bad_signature',
  'expired',
  'not_found',
  'invalidated',
  'reused',
  'context_mismatch',
])

export const consistency = z.enum(['strong', 'bounded']).meta({
  description:
    'How true the answer must be: of this moment, or of one not longer ago than the server’s bound. The server’s own way where nothing is said, and never less than it permits',
})

const viewAge = z.int().min(0).meta({
  description: 'Milliseconds: the answer is true of a moment not longer ago; 0 is now',
})

export const validation = z
  .discriminatedUnion('is_valid', [
    z.object({
      is_valid: z.literal(true),
      view_age_ms: viewAge,
      session,
      session_token: sessionToken
        .optional()
        .meta({ description: 'The token that takes the place of the one presented' }),
      next,
    }),
    z.object({
      is_valid: z.literal(false),
      view_age_ms: viewAge,
      reason: invalidReason,
      end_cause: z.string().nullable(),
      next,
    }),
  ])
  .meta({ id: 'Validation' })

export const issued = z
  .object({ session_token: sessionToken, session, next })
  .meta({ id: 'IssuedSession' })
