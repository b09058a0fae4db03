import type { Form, Headers, Message } from './wire.ts'

export type Fields = Readonly<Record<string, string>>

/** A good request to a route, of which attacks change one thing each. */
export interface Sample {
  readonly form: Form
  readonly method: string
  readonly path: string
  /** It answers for any name of the server, and whatever the query: probes ask so. */
  readonly open?: boolean
  /** Its own parser reads the body; the protocol's library is more lenient with forms. */
  readonly strict?: boolean
  readonly query?: Fields
  readonly fields?: Fields
  readonly json?: Readonly<Record<string, unknown>>
  readonly headers?: Headers
}

export const FORM_TYPE = 'application/x-www-form-urlencoded'

/**
 * The good request itself, on the way to a bad one. Without its proof that the form is ours: what is
 * bad elsewhere in it may go unnoticed, and no attack is to end what the next ones need.
 */
export function messageOf(sample: Sample, host: string): Required<Message> {
  const { method, path, query, fields, json, headers = {} } = sample
  const type = json ? 'application/json' : FORM_TYPE
  const hasBody = Boolean(fields ?? json)
  return {
    method,
    target: query ? `${path}?${encoded(query)}` : path,
    headers: {
      Host: host,
      Accept: sample.form === 'page' ? 'text/html,*/*;q=0.8' : 'application/json',
      ...(hasBody ? { 'Content-Type': type } : {}),
      ...headers,
    },
    body: json ? JSON.stringify(json) : encoded(unproven(fields ?? {})),
  }
}

export function encoded(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}

/** The same fields but for one, whose pair is put in as it is. */
export function replaced(fields: Fields, name: string, pair: string): string {
  const { [name]: _, ...others } = fields
  return [encoded(others), pair].filter((part) => part !== '').join('&')
}

export function unproven(fields: Fields): Fields {
  const { csrf: _, ...others } = fields
  return others
}
