import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import { decodeStrict } from '../crypto/base64url.ts'
import type { OidcDeps } from './deps.ts'

const header = z.object({
  alg: z.enum(['ES256', 'RS256']),
  typ: z.literal('at+jwt'),
  kid: z.string(),
})

const claims = z.object({
  iss: z.string(),
  jti: z.string(),
  client_id: z.string(),
  aud: z.string().optional(),
  scope: z.string().optional(),
  iat: z.number(),
  exp: z.number(),
  session_id: z.string().optional(),
  grant_id: z.string().optional(),
  grant_epoch: z.number().optional(),
  family_id: z.string().optional(),
  cnf: z.object({ jkt: z.string().optional(), 'x5t#S256': z.string().optional() }).optional(),
})
export type OwnClaims = z.infer<typeof claims>

/**
 * The claims of an access token that we signed (RFC 9068), or null. The form is judged by zod, the
 * signature by a key of ours whose algorithm the header must name: no key decides by itself.
 */
export function verifyOwnJwt(
  deps: Pick<OidcDeps, 'config' | 'verificationKeys'>,
  jwt: string,
): OwnClaims | null {
  const [head = '', body = '', signature = '', ...rest] = jwt.split('.')
  const parsed = header.safeParse(readJson(head))
  if (rest.length > 0 || !parsed.success) return null
  const key = deps.verificationKeys().get(parsed.data.kid)
  const bytes = decodeStrict(signature)
  if (!key || !bytes || key.alg !== parsed.data.alg) return null
  const options = { key: key.key, dsaEncoding: 'ieee-p1363' } as const
  if (!verify('sha256', Buffer.from(`${head}.${body}`), options, bytes)) return null
  const read = claims.safeParse(readJson(body))
  return read.success && read.data.iss === deps.config.issuer ? read.data : null
}

export interface VerificationKey {
  readonly alg: 'ES256' | 'RS256'
  readonly key: KeyObject
}

export function verificationKeysOf(
  jwks: readonly { readonly kid: string; readonly alg: string }[],
): ReadonlyMap<string, VerificationKey> {
  return new Map(
    jwks.map((jwk) => [
      jwk.kid,
      {
        alg: jwk.alg as VerificationKey['alg'],
        key: createPublicKey({ key: { ...jwk }, format: 'jwk' }),
      },
    ]),
  )
}

function readJson(part: string): unknown {
  const bytes = decodeStrict(part)
  if (!bytes) return null
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return null
  }
}
