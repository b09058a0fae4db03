/** Base64url without padding (RFC 4648 §5, as JOSE uses it). */
export function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

/**
 * Decodes the one canonical spelling, else `null`.
 *
 * Lenient decoders accept padding, the other alphabet and stray trailing bits: one token in many
 * spellings, which would walk past a revocation that remembers only one of them.
 */
export function decodeStrict(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return encode(bytes) === text ? bytes : null
}
