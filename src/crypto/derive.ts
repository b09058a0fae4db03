import { hkdfSync } from 'node:crypto'
import { type Field, lengthPrefixed } from './fields.ts'
import { handleOf } from './handle.ts'

/** What a derived key is for; no key serves two purposes, so no message of one passes as another's. */
export type Purpose = SessionPurpose | LoginPurpose | ServerPurpose | WrappingPurpose

/** Keys below a session secret: dead when the session ends. */
export type SessionPurpose = 'session-token' | 'refresh-token' | 'access-token' | 'data' | 'export'

/** Keys below a login secret. */
export type LoginPurpose = 'login-data'

/** Keys below the server's own secrets, which outlive every session. */
export type ServerPurpose = 'server-data' | 'lookup' | 'token-check' | 'service-token' | 'cookie'

/** Keys that wrap other keys, and the public name of a root version. */
export type WrappingPurpose = 'root' | 'root-version' | 'epoch' | 'audit' | 'workspace-data'

export interface KeyUse {
  readonly salt: Uint8Array | string
  readonly incarnation: string
  readonly purpose: Purpose
  readonly context?: readonly string[]
}

/** The incarnation of what must survive a restore of the database: root wrapping, signing keys. */
export const ANY_INCARNATION = ''

export const KEY_BYTES = 32

/** One 256-bit key for one use: any difference in salt, incarnation, purpose or context gives another. */
export function deriveKey(secret: Uint8Array, use: KeyUse): Buffer {
  if (secret.byteLength < KEY_BYTES) throw new RangeError('a secret must have at least 256 bits')
  const info: Field[] = ['sojourn', 'v1', use.incarnation, use.purpose, ...(use.context ?? [])]
  return hkdfSha256(secret, use.salt, lengthPrefixed(info), KEY_BYTES)
}

/** HKDF with SHA-256 (RFC 5869 §2); `info` may have at most 1024 bytes. */
export function hkdfSha256(
  secret: Uint8Array,
  salt: Uint8Array | string,
  info: Uint8Array,
  length: number,
): Buffer {
  return Buffer.from(hkdfSync('sha256', handleOf(secret), salt, info, length))
}
