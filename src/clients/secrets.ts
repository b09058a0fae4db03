import { encode } from '../crypto/base64url.ts'
import { sameBytes } from '../crypto/mac.ts'
import { makeSecret } from '../crypto/secret.ts'
import type { ServerKeys } from '../keys/data-keys.ts'
import { Redacted } from '../lib/redacted.ts'
import type { Client } from './client.ts'

/** Good beyond a restore: clients keep their secrets. */
export type DurableKeys = Pick<ServerKeys, 'durableHash'>

const LONGEST = 256

/** `scs_` and 256 random bits: shown once, and never written down here. */
export function makeClientSecret(): Redacted<string> {
  return new Redacted(`scs_${encode(makeSecret())}`)
}

/**
 * What is stored of a secret. No slow hash is needed: nobody guesses 256 random bits, and each
 * request of a client would pay for it.
 */
export function clientSecretHash(keys: DurableKeys, secret: string): Buffer {
  return keys.durableHash('client-secret', secret)
}

/** Whether a client presented its secret; a client without one never did. */
export function isClientSecret(
  keys: DurableKeys,
  client: Pick<Client, 'secretHash'>,
  presented: string,
): boolean {
  if (client.secretHash === null || presented.length > LONGEST) return false
  return sameBytes(clientSecretHash(keys, presented), client.secretHash)
}
