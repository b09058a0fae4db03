import type { Middleware } from 'koa'
import { DomainError } from '../../errors.ts'

/**
 * Refuses what no honest client sends, before any parser guesses what was meant: bodies that say
 * they are too long, and addresses with broken escapes, bytes that are not UTF-8 or a null byte
 * (PostgreSQL refuses it in text, which would be a 500).
 */
export function guardInput({ bodyLimit }: { readonly bodyLimit: number }): Middleware {
  return function guardedInput(ctx, next) {
    const length = ctx.req.headers['content-length']
    if (length !== undefined && !(Number(length) <= bodyLimit)) {
      // The rest of it is not waited for.
      ctx.set('Connection', 'close')
      throw new DomainError('too_large', `a body has at most ${bodyLimit} bytes`)
    }
    if (!isPlainAddress(ctx.url)) throw new DomainError('invalid_request', 'a malformed address')
    return next()
  }
}

function isPlainAddress(url: string): boolean {
  // Node hands on the bytes above 127 as they came; none may stand in an address (RFC 3986 §2).
  if (/[^\x21-\x7e]/.test(url)) return false
  if (!url.includes('%')) return true
  try {
    return !decodeURIComponent(url).includes('\0')
  } catch (error) {
    if (error instanceof URIError) return false
    throw error
  }
}
