import { decodeStrict, encode } from '../crypto/base64url.ts'

/**
 * The library refuses to introspect or revoke a token that looks like a JWT, for it keeps no
 * record of them (lib/shared/reject_structured_tokens.js at v9.13). Ours have one: their session.
 * So on their way through the library they wear a form that does not look like one.
 */
const PREFIX = 'jat_'
const LONGEST = 8192

export function foldJwt(token: string): string {
  return looksLikeJwt(token) ? PREFIX + encode(Buffer.from(token)) : token
}

export function unfoldJwt(text: string): string | null {
  if (!text.startsWith(PREFIX) || text.length > LONGEST) return null
  return decodeStrict(text.slice(PREFIX.length))?.toString() ?? null
}

function looksLikeJwt(token: string): boolean {
  return token.startsWith('eyJ') && token.split('.').length === 3
}
