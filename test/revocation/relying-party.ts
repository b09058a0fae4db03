import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { CERTIFICATE, CERTIFICATE_KEY } from './certificate.ts'

/** One request that a relying party got. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly type: string
  readonly body: string
  readonly token: string
  readonly at: number
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Null hangs: the request is read and never answered. */
export type Answers = (received: Received) => Answer | null | Promise<Answer | null>

export interface RelyingParty {
  readonly port: number
  readonly uri: string
  readonly received: Received[]
  /** The most requests that were open at once. */
  readonly most: () => number
  close(): Promise<void>
}

export interface Listen {
  readonly host?: string
  readonly port?: number
  readonly tls?: boolean
}

/** A real relying party on this machine, which answers as it is told. */
export async function relyingParty(answers: Answers, listen: Listen = {}): Promise<RelyingParty> {
  const { host = '127.0.0.1', port = 0, tls = false } = listen
  const received: Received[] = []
  let open = 0
  let most = 0
  const server = serve(tls, async (request, response) => {
    open += 1
    most = Math.max(most, open)
    response.on('close', () => {
      open -= 1
    })
    const got = await read(request)
    received.push(got)
    const answer = await answers(got)
    if (answer) response.writeHead(answer.status, answer.headers).end()
  })
  const close = closer(server)
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  const { port: actual } = server.address() as AddressInfo
  const scheme = tls ? 'https' : 'http'
  return {
    port: actual,
    uri: `${scheme}://${host}:${actual}/backchannel?from=op`,
    received,
    most: () => most,
    close,
  }
}

function serve(tls: boolean, listener: RequestListener): Server {
  const options = { cert: CERTIFICATE, key: CERTIFICATE_KEY }
  return tls ? createTlsServer(options, listener) : createServer(listener)
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    type: request.headers['content-type'] ?? '',
    body,
    token: new URLSearchParams(body).get('logout_token') ?? '',
    at: performance.now(),
  }
}

function closer(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
}
