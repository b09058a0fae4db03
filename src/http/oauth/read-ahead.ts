import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/** The whole body of a request that says it is short. */
export function readAhead(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    request.once('error', reject)
  })
}

/**
 * Lets whoever comes next read the body as if nobody had: the provider reads it by `iterator()`
 * where it is `readable` (oidc-provider 9.13 lib/shared/selective_body.js).
 */
export function putBack(request: IncomingMessage, body: Buffer): void {
  Object.defineProperties(request, {
    readable: { value: true },
    iterator: { value: () => Readable.from([body]).iterator() },
  })
}
