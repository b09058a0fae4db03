import { sign } from 'node:crypto'
import { encode } from '../crypto/base64url.ts'
import { rawSignature } from '../crypto/ecdsa.ts'
import type { SigningKey } from './signing-keys.ts'

/** A signature as a JWS carries it (RFC 7518 §3.3, §3.4), made off the event loop. */
export function signatureOf(
  { alg, privateKey }: Pick<SigningKey, 'alg' | 'privateKey'>,
  data: Uint8Array,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // As plain a call as can be: WebCrypto, and `dsaEncoding`, cost twice as much.
    sign('sha256', data, privateKey, (error, signature) => {
      if (error) reject(error)
      else resolve(alg === 'ES256' ? rawSignature(signature) : signature)
    })
  })
}

/** A signed token in its compact form (RFC 7515 §3.1); `typ` where the kind of token has one. */
export async function signJwt(key: SigningKey, claims: object, typ?: string): Promise<string> {
  const header = { alg: key.alg, typ, kid: key.kid }
  const signed = `${encodeJson(header)}.${encodeJson(claims)}`
  return `${signed}.${encode(await signatureOf(key, Buffer.from(signed)))}`
}

function encodeJson(value: object): string {
  return encode(Buffer.from(JSON.stringify(value)))
}
