import { randomBytes } from 'node:crypto'
import { KEY_BYTES } from './derive.ts'

/** A fresh 256-bit secret from the system's generator. */
export function makeSecret(): Buffer {
  return randomBytes(KEY_BYTES)
}

/** Overwrites a secret in place; best effort, since the runtime may hold copies we cannot see. */
export function wipe(secret: Uint8Array): void {
  secret.fill(0)
}
