import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Redacted } from '../../src/lib/redacted.ts'

export interface DelayProxy {
  readonly url: Redacted<string>
  close(): Promise<void>
}

/**
 * Stands between a pool and the database and lets both wait for each other: half of the delay is on
 * the way there and half on the way back, so that what an answer says is old when it arrives.
 */
export async function openDelayProxy(
  target: Redacted<string>,
  milliseconds: number,
): Promise<DelayProxy> {
  const [, before, folder] = /^(.*)\?host=([^&]+)$/.exec(target.reveal()) ?? []
  const path = `${decodeURIComponent(folder ?? '')}/.s.PGSQL.5432`
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const database = connect(path)
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        database.destroy()
      })
    }
    passLate(client, database, milliseconds / 2)
    passLate(database, client, milliseconds / 2)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: new Redacted(`${before}?host=127.0.0.1&port=${port}`),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

/** Timers of one length fire in the order in which they were set, so nothing overtakes. */
function passLate(from: Socket, to: Socket, milliseconds: number): void {
  from.on('data', (chunk) => setTimeout(() => to.destroyed || to.write(chunk), milliseconds))
}
