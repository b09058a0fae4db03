import { exampleInput, exampleOf } from './example.ts'
import type { Schema, Schemas } from './schema.ts'

interface Request {
  readonly method: string
  readonly path: string
  readonly body: Schema | undefined
  readonly query: readonly {
    readonly name: string
    readonly in: 'path' | 'query'
    readonly required: boolean
    readonly schema: Schema
  }[]
}

/** A call as one types it; single quotes are safe, since no example holds one. */
export function curlOf(
  { method, path, body, query }: Request,
  { schemas, base }: { readonly schemas: Schemas; readonly base: string },
): string {
  const value = (name: string) => {
    const schema = query.find((one) => one.name === name)?.schema ?? {}
    return String(exampleOf(schema, schemas, name))
  }
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => value(name))
  const asked = query
    .filter((one) => one.in === 'query' && (one.required || one.name === 'workspace'))
    .map(({ name }) => `${name}=${value(name)}`)
  const address = `${base}${filled}${asked.length > 0 ? `?${asked.join('&')}` : ''}`
  const sent = body ? exampleInput(body, schemas) : null
  const isMore = sent !== null && Object.keys(sent).length > 0
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}'${address}'`,
    `-H "Authorization: Bearer $TOKEN"`,
    ...(sent ? [`-H 'Content-Type: application/json'`] : []),
    ...(sent ? [`-d '${isMore ? json(sent) : '{}'}'`] : []),
  ].join(' \\\n  ')
}

export function json(value: unknown): string {
  // Short lists of plain values stay on their line.
  return JSON.stringify(value, null, 2).replaceAll(
    /\[\s+("[^"\n]*"(?:,\s+"[^"\n]*")*)\s+\]/g,
    (_, inner) => `[${String(inner).replaceAll(/\s+/g, ' ')}]`,
  )
}
