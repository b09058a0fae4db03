import { createServer, type RequestListener, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Listening {
  /** Stops accepting, lets running requests finish for so many seconds, then cuts what is left. */
  drain(seconds: number): Promise<void>
}

/** Longer than the idle time of usual load balancers, or they would reuse what we have just closed. */
const KEEP_ALIVE = 65_000
const REQUEST_PATIENCE = 30_000

/** Accepts requests; rejects when the address is taken. */
export async function listen(
  handler: RequestListener,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE, requestTimeout: REQUEST_PATIENCE },
    handler,
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return { drain: (seconds) => drain(server, seconds) }
}

async function drain(server: Server, seconds: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  // A connection that becomes idle is closed by nobody but us.
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  await Promise.race([closed, sleep(seconds * 1000, undefined, { ref: false })])
  clearInterval(idle)
  server.closeAllConnections()
  await closed
}
