import { createHash } from 'node:crypto'

const LEAST_BYTES = 32
const LEAST_DISTINCT = 16

/** The bytes that an operator's secret spells in hex, base64 or base64url, if they are enough. */
export function decodeRootSecret(text: string): Buffer | null {
  const bytes = decode(text)
  return bytes !== null && bytes.length >= LEAST_BYTES ? bytes : null
}

/** Root key material from any text at all: for development, where a pass phrase is good enough. */
export function stretchRootSecret(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}

/**
 * Why a secret was surely not drawn at random, or null.
 *
 * It catches what people type and what test files hold; it cannot tell a leaked or a weakly
 * generated secret from a good one. A random secret fails with a chance below one in a billion.
 */
export function weaknessOf(text: string, bytes: Buffer): string | null {
  if (new Set(bytes).size < LEAST_DISTINCT) return 'repeats a few bytes'
  if (isPeriodic(bytes) || isPeriodic(Buffer.from(text))) return 'repeats itself'
  if (isSequence(bytes)) return 'counts up or down'
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'is encoded text, not random bytes'
  if (isHex(text)) return null
  return /[a-z]/.test(text) && /[A-Z]/.test(text) ? null : 'reads like a pass phrase'
}

function decode(text: string): Buffer | null {
  if (isHex(text)) return Buffer.from(text, 'hex')
  const digits = text.replace(/={1,2}$/, '')
  if (digits !== text && text.length % 4 !== 0) return null
  const isBase64 = /^[A-Za-z0-9+/]+$/.test(digits) || /^[A-Za-z0-9_-]+$/.test(digits)
  return isBase64 && digits.length % 4 !== 1 ? Buffer.from(digits, 'base64') : null
}

function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^([0-9a-f]+|[0-9A-F]+)$/.test(text)
}

function isPeriodic(bytes: Buffer): boolean {
  for (let period = 1; period <= bytes.length / 2; period++)
    if (bytes.subarray(period).equals(bytes.subarray(0, -period))) return true
  return false
}

function isSequence(bytes: Buffer): boolean {
  const step = bytes[1]! - bytes[0]!
  return bytes.every(
    (byte, index) => index === 0 || ((byte - bytes[index - 1]! - step) & 255) === 0,
  )
}
