import type { Context } from 'koa'
import { Refusal } from './refusal.ts'

const MAX_BYTES = 64 * 1024

/**
 * The fields of a posted form; refuses other content types, more than 64 KiB, bytes that are no
 * UTF-8, and fields sent twice, of which two readers could take different ones.
 */
export async function readForm(ctx: Context): Promise<ReadonlyMap<string, string>> {
  if (!ctx.is('application/x-www-form-urlencoded')) throw new Refusal('invalid_form')
  const fields = new URLSearchParams(await readText(ctx))
  const form = new Map(fields)
  if (form.size !== [...fields].length) throw new Refusal('invalid_form')
  return form
}

async function readText(ctx: Context): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Leaving the loop would otherwise close the connection before the refusal is sent.
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) {
      ctx.set('Connection', 'close')
      throw new Refusal('form_too_large')
    }
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch (cause) {
    throw new Refusal('invalid_form', { cause })
  }
}
