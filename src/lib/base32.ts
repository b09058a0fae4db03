const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, BigInt(value)]))

/** A 128-bit number as 26 lower-case letters of Crockford's base 32 (no i, l, o, u). */
export function encode128(value: bigint): string {
  let text = ''
  for (let shift = 125n; shift >= 0n; shift -= 5n) text += ALPHABET[Number((value >> shift) & 31n)]
  return text
}

/** The number that `encode128` would write exactly so, or null. */
export function decode128(text: string): bigint | null {
  if (text.length !== 26 || text[0]! > '7') return null
  let value = 0n
  for (const letter of text) {
    const digit = VALUES.get(letter)
    if (digit === undefined) return null
    value = (value << 5n) | digit
  }
  return value
}
