import { parse } from 'node:querystring'
import type { Context } from 'koa'
import { foldPath } from '../middleware/route-label.ts'

/** Others bring things of their own: browsers an origin, some programs proofs. */
const NOT_PLAIN = ['origin', 'dpop', 'oauth-client-attestation', 'oauth-client-attestation-pop']

/** A request to a route of the protocol, by a program that brings a form and no more. */
export function isPlain({ method, path, req: { headers } }: Context, route: string): boolean {
  return (
    method === 'POST' &&
    foldPath(path) === route &&
    NOT_PLAIN.every((name) => headers[name] === undefined)
  )
}

/** Some fields of a form as the library reads it, empty ones left out; null when one comes twice. */
export function fieldsOf<Name extends string>(
  body: Buffer,
  names: readonly Name[],
): { readonly [N in Name]?: string } | null {
  const text = body.toString()
  if (text.startsWith('\ufeff')) return null
  const form = parse(text)
  const fields: { [N in Name]?: string } = {}
  for (const name of names) {
    const value = form[name]
    if (Array.isArray(value)) return null
    if (value) fields[name] = value
  }
  return fields
}

// `Cache-Control: no-store`, too, but that is on every answer.
const HEADERS = Object.entries({
  Vary: 'Origin',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'WWW-Authenticate',
  'Content-Type': 'application/json; charset=utf-8',
})

/**
 * An answer under the headers that the library puts on one to a request without an origin. It is
 * written here: koa takes longer to find out about type and length than it takes to write.
 */
export function present(ctx: Context, body: object): void {
  for (const [name, value] of HEADERS) ctx.res.setHeader(name, value)
  ctx.body = JSON.stringify(body)
}
