import { z } from 'zod'

const text = z.string().optional()
const none = z.undefined().optional()
const asked = z.union([z.null(), z.looseObject({})]).optional()

/** What the library seals with a code or a family; what is bound to a key does not fit. */
export const plainPayload = z.object({
  scope: text,
  resource: z.union([z.string(), z.array(z.string())]).optional(),
  acr: text,
  authTime: z.number().optional(),
  gty: text,
  claims: z
    .strictObject({ id_token: z.strictObject({ auth_time: asked, acr: asked }).optional() })
    .optional(),
  jkt: none,
  dpopJkt: none,
  'x5t#S256': none,
  attestationJkt: none,
  rar: none,
})
export type PlainPayload = z.output<typeof plainPayload>

/** What a code has beyond that. */
export const plainCodePayload = plainPayload.extend({
  resource: none,
  accountId: z.string(),
  amr: z.array(z.string()).optional(),
  codeChallenge: z.string(),
  codeChallengeMethod: z.literal('S256'),
  exp: z.number(),
  expiresWithSession: z.boolean().optional(),
  nonce: text,
  redirectUri: z.string(),
  scope: z.string(),
  sessionUid: text,
  sid: text,
})
export type PlainCodePayload = z.output<typeof plainCodePayload>
