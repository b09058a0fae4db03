import { createCipheriv, createDecipheriv, type DecipherGCM, randomFillSync } from 'node:crypto'
import { type Field, lengthPrefixed } from './fields.ts'
import { handleOf } from './handle.ts'

const FORMAT = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + NONCE_BYTES
const OVERHEAD = HEADER_BYTES + TAG_BYTES
const CIPHER = 'aes-256-gcm'
const OPTIONS = { authTagLength: TAG_BYTES } as const

/**
 * Seals bytes with AES-256-GCM as format | nonce | ciphertext | tag, bound to the fields of `aad`.
 *
 * The fields name the place (key, table, row, column): a sealed value moved elsewhere does not open.
 */
export function seal(key: Uint8Array, plaintext: Uint8Array, aad: readonly Field[]): Buffer {
  const sealed = Buffer.allocUnsafe(plaintext.byteLength + OVERHEAD)
  sealed[0] = FORMAT
  randomFillSync(sealed, 1, NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, handleOf(key), sealed.subarray(1, HEADER_BYTES), OPTIONS)
  cipher.setAAD(lengthPrefixed([FORMAT, ...aad]))
  sealed.set(cipher.update(plaintext), HEADER_BYTES)
  cipher.final()
  sealed.set(cipher.getAuthTag(), HEADER_BYTES + plaintext.byteLength)
  return sealed
}

/** The sealed bytes, or `null` when they are malformed or were not sealed with this key for this place. */
export function open(key: Uint8Array, sealed: Uint8Array, aad: readonly Field[]): Buffer | null {
  const wellFormed = sealed.byteLength >= OVERHEAD && sealed[0] === FORMAT
  const nonce = wellFormed ? sealed.subarray(1, HEADER_BYTES) : new Uint8Array(NONCE_BYTES)
  const decipher = createDecipheriv(CIPHER, handleOf(key), nonce, OPTIONS)
  if (!wellFormed) return null

  decipher.setAAD(lengthPrefixed([FORMAT, ...aad]))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  const plaintext = decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES))
  return isAuthentic(decipher) ? plaintext : null
}

export function sealString(key: Uint8Array, text: string, aad: readonly Field[]): Buffer {
  return seal(key, Buffer.from(text), aad)
}

export function openString(key: Uint8Array, sealed: Uint8Array, aad: readonly Field[]) {
  return open(key, sealed, aad)?.toString() ?? null
}

export function sealJson(key: Uint8Array, value: object, aad: readonly Field[]): Buffer {
  return sealString(key, JSON.stringify(value), aad)
}

export function openJson(key: Uint8Array, sealed: Uint8Array, aad: readonly Field[]): unknown {
  const text = openString(key, sealed, aad)
  return text === null ? null : JSON.parse(text)
}

// GCM releases no plaintext before this: `final` is where a forged tag is found.
function isAuthentic(decipher: DecipherGCM): boolean {
  try {
    decipher.final()
    return true
  } catch {
    return false
  }
}
