import type { IncomingMessage } from 'node:http'
import type { ServerKeys } from '../keys/data-keys.ts'

/** What tells one user agent from another at the token endpoint: kept only as a keyed hash. */
export function deviceMark(
  serverKeys: Pick<ServerKeys, 'lookupHash'>,
  request: Pick<IncomingMessage, 'headers'>,
): Buffer {
  const agent = request.headers['user-agent'] ?? ''
  return serverKeys.lookupHash('rotated-by', agent).subarray(0, 16)
}
