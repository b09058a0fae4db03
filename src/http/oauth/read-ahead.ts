import type { IncomingMessage } from 'node:http'
import type { Middleware } from 'koa'

const LONGEST = 16_384
const FORM = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i
const bodies = new WeakMap<IncomingMessage, Buffer>()

/** Reads short forms once, for the short ways and for the provider. */
export function readAhead(): Middleware {
  return async function ahead({ req, method }, next) {
    if (method === 'POST' && isShortForm(req)) bodies.set(req, await bodyOf(req))
    return next()
  }
}

/**
 * Leaves the form that was read as if unread: the provider would iterate over the request's stream
 * at three times the cost, and takes the body from `iterator()` where the request is `readable`
 * (oidc-provider 9.13 lib/shared/selective_body.js). Goes right before it: a request with properties
 * of its own is slower to handle.
 */
export function leaveUnread(): Middleware {
  return function unread({ req }, next) {
    const body = bodies.get(req)
    if (body === undefined) return next()
    Object.defineProperties(req, {
      readable: { value: true },
      iterator: { value: () => [body] },
    })
    return next()
  }
}

/** The form that was read ahead; undefined for whatever was left to its reader. */
export function formRead(request: IncomingMessage): Buffer | undefined {
  return bodies.get(request)
}

function isShortForm({ headers }: IncomingMessage): boolean {
  const type = headers['content-type'] ?? ''
  return FORM.test(type) && Number(headers['content-length'] ?? Number.NaN) <= LONGEST
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    request.once('error', reject)
  })
}
