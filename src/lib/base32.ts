const NONE = 255
const LETTERS = Buffer.from('0123456789abcdefghjkmnpqrstvwxyz')
const VALUES = valuesOf(LETTERS)
const DIGITS = Buffer.from('0123456789abcdef')
const NIBBLES = valuesOf(DIGITS)

// Written over by each call; identifiers are read and written several times in every request.
const scratch = Buffer.alloc(32)

/** 32 hexadecimal digits as 26 lower-case letters of Crockford's base 32 (no i, l, o, u). */
export function encode128(hex: string): string {
  let written = 0
  let rest = 0
  // 26 letters have room for 130 bits: two zeros go first.
  for (let at = 0, bits = 2; at < hex.length; at += 1) {
    rest = ((rest & 15) << 4) | NIBBLES[hex.charCodeAt(at)]!
    bits += 4
    if (bits < 5) continue
    bits -= 5
    scratch[written++] = LETTERS[(rest >> bits) & 31]!
  }
  return scratch.toString('latin1', 0, written)
}

/** The 32 digits that `encode128` would write exactly so, or null. */
export function decode128(text: string): string | null {
  if (text.length !== 26 || text[0]! > '7') return null
  let written = 0
  let rest = 0
  for (let at = 0, bits = -2; at < text.length; at += 1) {
    const value = VALUES[text.charCodeAt(at)] ?? NONE
    if (value === NONE) return null
    rest = ((rest & 15) << 5) | value
    for (bits += 5; bits >= 4; bits -= 4) scratch[written++] = DIGITS[(rest >> (bits - 4)) & 15]!
  }
  return scratch.toString('latin1', 0, written)
}

function valuesOf(alphabet: Uint8Array): Uint8Array {
  const values = new Uint8Array(128).fill(NONE)
  for (const [value, code] of alphabet.entries()) values[code] = value
  return values
}
