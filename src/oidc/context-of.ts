import type { IncomingMessage } from 'node:http'
import type { Context } from '../sessions/context/context.ts'

/** Where a request comes from, as far as it can be told. */
export function contextOf(request: {
  readonly ip?: string
  readonly req: IncomingMessage
}): Context {
  const userAgent = request.req.headers['user-agent']
  return {
    ...(request.ip ? { address: request.ip } : {}),
    ...(userAgent ? { userAgent } : {}),
  }
}
