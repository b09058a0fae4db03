import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import Koa, { type Middleware } from 'koa'
import { test as base } from 'playwright/test'
import { createAssets } from '../../../src/http/assets.ts'
import { answerErrors } from '../../../src/http/middleware/answer-errors.ts'
import { assignRequestId } from '../../../src/http/middleware/assign-request-id.ts'
import { createPages } from '../../../src/http/pages.ts'
import { createLog, type Log } from '../../../src/log.ts'

export { expect } from 'playwright/test'

export interface Served {
  readonly port: number
  readonly url: string
  /** What the server logged, one object a line. */
  readonly logged: Record<string, unknown>[]
  /** Sends bytes as they are and gives back all that is answered. */
  raw(request: string): Promise<string>
}

type Serve = (middleware: readonly Middleware[], set?: (app: Koa) => void) => Promise<Served>

const root = new URL('../../../', import.meta.url).pathname
export const pages = createPages({
  root: `${root}views`,
  assets: createAssets(`${root}assets`),
})

/** A real server around the middleware under test, with the error edge in front. */
export const test = base.extend<{ serve: Serve }>({
  serve: async ({}, use) => {
    const servers: ReturnType<typeof createServer>[] = []
    await use(async (middleware, set) => {
      const logged: Record<string, unknown>[] = []
      const app = new Koa()
      app.silent = true
      set?.(app)
      app.use(assignRequestId({ trusted: false }))
      app.use(answerErrors({ log: logInto(logged), pages }))
      for (const one of middleware) app.use(one)
      const server = createServer(app.callback())
      servers.push(server)
      await once(server.listen(0, '127.0.0.1'), 'listening')
      const { port } = server.address() as AddressInfo
      return { port, url: `http://127.0.0.1:${port}`, logged, raw: (request) => raw(port, request) }
    })
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  },
})

export function logInto(lines: Record<string, unknown>[]): Log {
  return createLog('debug', { write: (line: string) => lines.push(JSON.parse(line)) })
}

/** What came before the server hung up, even where it did so while we were still sending. */
function raw(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1')
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer))
    socket.end(Buffer.from(request, 'latin1'))
  })
}

/** A handler that shows whether a request got through. */
export const reached: Middleware = (ctx) => {
  ctx.body = 'reached'
}

/** The status of an answer as it came over the wire. */
export function statusOf(answer: string): number {
  return Number(answer.slice(9, 12))
}
