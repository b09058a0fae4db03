import type { ServerKeys } from '../../keys/data-keys.ts'

const HASH_BYTES = 16

/** What stands for a value of the context where sessions are searched by it; the value lies sealed. */
export function contextHash(
  serverKeys: Pick<ServerKeys, 'lookupHash'>,
  kind: 'address' | 'device' | 'network',
  value: string,
): Buffer {
  return serverKeys.lookupHash(`context-${kind}`, value).subarray(0, HASH_BYTES)
}
