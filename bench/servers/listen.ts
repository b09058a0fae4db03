import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on a free port, whose handler comes later: an issuer must know its address first. */
export async function listenSomewhere(): Promise<{
  readonly server: Server
  readonly origin: string
  close(): Promise<void>
}> {
  const server = createServer({ keepAliveTimeout: 65_000 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    server,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
