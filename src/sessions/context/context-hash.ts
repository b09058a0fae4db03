import ipaddr from 'ipaddr.js'
import type { ServerKeys } from '../../keys/data-keys.ts'

const HASH_BYTES = 16

/** What stands for a value of the context where sessions are searched by it; the value lies sealed. */
export function contextHash(
  serverKeys: Pick<ServerKeys, 'lookupHash'>,
  kind: 'address' | 'device' | 'network',
  value: string,
): Buffer {
  const spelled = kind === 'address' ? oneSpelling(value) : value
  return serverKeys.lookupHash(`context-${kind}`, spelled).subarray(0, HASH_BYTES)
}

/** Who searches may write an address otherwise than the socket that it came by (RFC 5952). */
function oneSpelling(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address
}
