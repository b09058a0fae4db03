/** One input of a hash, a derivation or an AAD; text stands for its UTF-8 bytes. */
export type Field = string | number | Uint8Array

// No byte field can be this long, so a number never encodes like text or bytes.
const NUMBER_FRAME = 0xffffffff

/**
 * Encodes fields so that different lists never give the same bytes.
 *
 * Plain concatenation would let an attacker move bytes across a boundary: ('ab', 'c') against ('a', 'bc').
 */
export function lengthPrefixed(fields: readonly Field[]): Buffer {
  const encoded = Buffer.allocUnsafe(fields.reduce<number>((size, f) => size + sizeOf(f), 0))
  fields.reduce<number>((offset, field) => append(encoded, offset, field), 0)
  return encoded
}

function sizeOf(field: Field): number {
  if (typeof field === 'number') return 12
  const length = typeof field === 'string' ? Buffer.byteLength(field) : field.byteLength
  if (length >= NUMBER_FRAME) throw new RangeError('field too long')
  return 4 + length
}

function append(target: Buffer, offset: number, field: Field): number {
  if (typeof field === 'number') return appendNumber(target, offset, field)
  if (typeof field === 'string') return appendText(target, offset, field)
  target.set(field, target.writeUInt32BE(field.byteLength, offset))
  return offset + 4 + field.byteLength
}

function appendNumber(target: Buffer, offset: number, value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError('a number field must be a safe integer')
  return target.writeBigInt64BE(BigInt(value), target.writeUInt32BE(NUMBER_FRAME, offset))
}

function appendText(target: Buffer, offset: number, text: string): number {
  // Every lone surrogate encodes as U+FFFD: two different texts would become the same bytes.
  if (!text.isWellFormed()) throw new TypeError('a text field must be well-formed Unicode')
  const written = target.write(text, offset + 4)
  target.writeUInt32BE(written, offset)
  return offset + 4 + written
}
