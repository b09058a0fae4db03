import { Client } from 'undici'
import { ForbiddenTarget, guardedConnector, type OutboundDeps } from './outbound.ts'
import { parseTarget } from './target.ts'

/** What may be asked for of a document: there is nothing to send. */
export interface Asked {
  readonly method?: string
  readonly headers?: HeadersInit
}

/** Bytes of a document. */
const MOST = 65_536

/**
 * Reads a document that a client named, only at addresses that were judged before anybody dials.
 *
 * A look at the connected socket comes too late: by then a port inside our network was opened and
 * spoken TLS to, which tells an outsider who listens there. Redirects are answers like any other,
 * each read has a connection of its own, and a name is resolved once.
 */
export function guardedFetch(deps: OutboundDeps) {
  return async (uri: string | URL | Request, asked: Asked = {}): Promise<Response> => {
    if (asked.method !== undefined && asked.method !== 'GET')
      throw new Error('documents are only read')
    const url = parseTarget(uri instanceof Request ? uri.url : String(uri))
    if (typeof url === 'string') throw new ForbiddenTarget(url)

    const client = new Client(url.origin, {
      connect: guardedConnector(deps, url),
      maxResponseSize: MOST,
    })
    const timeout = AbortSignal.timeout(deps.timeout * 1000)
    // Given to the request, the signal would go unheard while the name is looked up and the socket connects.
    timeout.addEventListener('abort', () => void client.destroy())
    try {
      return await read(client, url, new Headers(asked.headers))
    } finally {
      await client.destroy()
    }
  }
}

async function read(client: Client, url: URL, headers: Headers): Promise<Response> {
  const answer = await client.request({
    method: 'GET',
    path: `${url.pathname}${url.search}`,
    headers: Object.fromEntries(headers),
    reset: true,
  })
  const bytes = await answer.body.arrayBuffer()
  const said = Object.entries(answer.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  )
  // A Response of such a status refuses even an empty body (Fetch standard, "null body status").
  const body = [204, 205, 304].includes(answer.statusCode) ? null : bytes
  return new Response(body, { status: answer.statusCode, headers: said })
}
