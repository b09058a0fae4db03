import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { Redacted } from '../../src/lib/redacted.ts'

/** Stands between a pool and the database, to take the database away and bring it back. */
export interface DatabaseProxy {
  readonly url: Redacted<string>
  goDown(): Promise<void>
  comeUp(): Promise<void>
}

export async function openProxy(target: Redacted<string>): Promise<DatabaseProxy> {
  const [, before, folder] = /^(.*)\?host=([^&]+)$/.exec(target.reveal()) ?? []
  const path = `${decodeURIComponent(folder ?? '')}/.s.PGSQL.5432`
  const sockets = new Set<Socket>()
  let server = await listen(path, sockets, 0)
  const { port } = server.address() as { port: number }

  return {
    url: new Redacted(`${before}?host=127.0.0.1&port=${port}`),
    goDown: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      if (server.listening) await once(server, 'close')
    },
    comeUp: async () => {
      server = await listen(path, sockets, port)
    },
  }
}

async function listen(path: string, sockets: Set<Socket>, port: number): Promise<Server> {
  const server = createServer((client) => {
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
    client.pipe(database).pipe(client)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
