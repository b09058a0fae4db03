import { z } from 'zod'
import { decodeStrict } from '../../crypto/base64url.ts'

const bytes = z.string().max(32_768)
// Hints for a later login; an unknown one is no reason to refuse (WebAuthn Level 3 §5.8.4).
const transports = z.array(z.string().max(32)).max(10)

const credential = {
  id: z.string().min(1).max(1400),
  rawId: z.string().max(1400),
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
}

/** What a browser answers to a request (WebAuthn Level 3 §5.1, AuthenticationResponseJSON). */
export const assertion = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.optional(),
  }),
})

/** What it answers to a creation (RegistrationResponseJSON). */
export const attestation = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: transports.default([]),
  }),
})

export type Assertion = z.output<typeof assertion>
export type Attestation = z.output<typeof attestation>

/** What a form brought as text; null where it is no such answer. */
export function parseAnswer<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

export function credentialIdOf({ id }: { readonly id: string }): Buffer | null {
  return decodeStrict(id)
}
