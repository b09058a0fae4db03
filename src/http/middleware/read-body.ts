import type { Context } from 'koa'
import { DomainError } from '../../errors.ts'

/** Of our own routes; the provider has a limit of its own below this one (56 KiB). */
export const BODY_LIMIT = 64 * 1024

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Names and values of a form, each name once. */
export type Form = Readonly<Record<string, string>>

/** The form of a request, read once: a body that is no form, or holds a name twice, is refused. */
export function readForm(ctx: Context): Promise<Form> {
  ctx.state.form ??= parseForm(ctx)
  return ctx.state.form
}

/** The JSON of a request; strings that the database could not hold are refused. */
export async function readJson(ctx: Context): Promise<unknown> {
  if (!ctx.is('application/json')) throw new DomainError('unsupported_media_type', 'not JSON')
  const text = await readText(ctx)
  try {
    // What no text may hold could come by an escape alone: the bytes were strict UTF-8.
    return text.includes('\\u') ? JSON.parse(text, storable) : JSON.parse(text)
  } catch (cause) {
    if (cause instanceof DomainError) throw cause
    throw new DomainError('invalid_request', 'the body is not JSON', { cause })
  }
}

function storable(name: string, value: unknown): unknown {
  mustBeStorable(name)
  if (typeof value === 'string') mustBeStorable(value)
  return value
}

async function parseForm(ctx: Context): Promise<Form> {
  if (!ctx.is('application/x-www-form-urlencoded')) {
    throw new DomainError('unsupported_media_type', 'not a form')
  }
  const form: Record<string, string> = Object.create(null)
  for (const pair of (await readText(ctx)).split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decodeField(equals === -1 ? pair : pair.slice(0, equals))
    // Two values: one would be checked and the other one used.
    if (name in form) throw new DomainError('invalid_request', 'a field was sent twice')
    form[name] = equals === -1 ? '' : decodeField(pair.slice(equals + 1))
  }
  return form
}

/** Strict where `URLSearchParams` is lenient: a broken escape is refused, not replaced. */
function decodeField(text: string): string {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '))
    mustBeStorable(decoded)
    return decoded
  } catch (cause) {
    if (cause instanceof DomainError) throw cause
    throw new DomainError('invalid_request', 'a field is not UTF-8', { cause })
  }
}

function mustBeStorable(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new DomainError('invalid_request', 'a text holds what no text holds')
  }
}

async function readText(ctx: Context): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of ctx.req) {
    size += chunk.length
    // Without a length in front the limit shows only here.
    if (size > BODY_LIMIT) {
      ctx.set('Connection', 'close')
      throw new DomainError('too_large', `a body has at most ${BODY_LIMIT} bytes`)
    }
    chunks.push(chunk)
  }
  try {
    return UTF8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size))
  } catch (cause) {
    throw new DomainError('invalid_request', 'the body is not UTF-8', { cause })
  }
}
