import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { type Field, lengthPrefixed } from './fields.ts'
import { handleOf } from './handle.ts'

// Below 64 bits a tag could be guessed online; above 256 there is nothing left to cut.
const SHORTEST = 8
const LONGEST = 32

/** HMAC-SHA-256 over the unambiguous encoding of the fields; a handle is for keys that never leave. */
export function mac(key: Uint8Array | KeyObject, fields: readonly Field[]): Buffer {
  return createHmac('sha256', handleOf(key)).update(lengthPrefixed(fields)).digest()
}

/** The first bytes of `mac`, for tags whose length counts. */
export function truncatedMac(key: Uint8Array, fields: readonly Field[], bytes: number): Buffer {
  if (!Number.isInteger(bytes) || bytes < SHORTEST || bytes > LONGEST)
    throw new RangeError('a MAC has 8 to 32 bytes')
  return mac(key, fields).subarray(0, bytes)
}

/** Compares in a time that tells nothing about where two values of one length differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}
