import type { ServerKeys } from '../../keys/data-keys.ts'
import { formatAccessToken, openAccessToken } from './access-token.ts'

type Keys = Pick<ServerKeys, 'key'>

/**
 * Seals the token of a service without a session. Each day has a key of its own: one key is good
 * for 2^32 random nonces (NIST SP 800-38D §8.3), and a busy server makes that many in days.
 */
export function sealServiceToken(keys: Keys, content: object, now: Date): string {
  return formatAccessToken(keyOf(keys, now), 'service', content)
}

/** What such a token of today or yesterday says; none lives longer. */
export function openServiceToken(keys: Keys, sealed: Buffer, now: Date): unknown {
  const yesterday = new Date(now.getTime() - 86_400_000)
  return (
    openAccessToken(keyOf(keys, now), 'service', sealed) ??
    openAccessToken(keyOf(keys, yesterday), 'service', sealed)
  )
}

function keyOf(keys: Keys, at: Date): Buffer {
  return keys.key('service-token', at.toISOString().slice(0, 10))
}
