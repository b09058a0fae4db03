import { DomainError } from '../errors.ts'
import { ANY_INCARNATION, deriveKey, KEY_BYTES, type Purpose } from './derive.ts'
import { open, seal } from './envelope.ts'
import type { Field } from './fields.ts'

/** The whole of what a KMS must do: wrap and unwrap other keys under named versions of one root. */
export interface RootKeys {
  readonly currentVersion: string
  has(version: string): boolean
  versions(): readonly RootVersion[]
  /** Looks for versions that were added or destroyed elsewhere. */
  refresh(): Promise<void>
  wrap(plain: Uint8Array, aad: readonly Field[]): Promise<Wrapped>
  /** Rejects with `RootVersionMissing`, or with a plain error when the bytes were not wrapped so. */
  unwrap(wrapped: Wrapped, aad: readonly Field[]): Promise<Buffer>
}

export interface RootVersion {
  readonly version: string
  readonly createdAt?: Date
}

/** Key bytes as they are stored, and the root version that opens them. */
export interface Wrapped {
  readonly version: string
  readonly bytes: Uint8Array
}

/** One version of a root key that this process holds itself. */
export interface RootMaterial {
  readonly secret: Uint8Array
  readonly createdAt?: Date
}

/** A key is wrapped by a root version that is not configured here; it may be elsewhere. */
export class RootVersionMissing extends DomainError {
  readonly version: string

  constructor(version: string) {
    super('unavailable', `root key version ${version} is not at hand`)
    this.name = 'RootVersionMissing'
    this.version = version
  }
}

/** Root keys held in this process, the current one first. */
export function localRootKeys(materials: readonly RootMaterial[]): RootKeys {
  const [current] = materials
  if (!current) throw new RangeError('at least one root key is needed')
  const currentVersion = rootVersion(current.secret)
  const keys = new Map(materials.map((m) => [rootVersion(m.secret), fromRoot(m.secret, 'root')]))

  return {
    currentVersion,
    has: (version) => keys.has(version),
    versions: () => materials.map(describe),
    refresh: () => Promise.resolve(),
    async wrap(plain, aad) {
      const bytes = seal(keys.get(currentVersion)!, plain, wrapAad(currentVersion, aad))
      return { version: currentVersion, bytes }
    },
    async unwrap({ version, bytes }, aad) {
      const key = keys.get(version)
      if (!key) throw new RootVersionMissing(version)
      const plain = open(key, bytes, wrapAad(version, aad))
      if (!plain) throw new Error(`a key wrapped by root version ${version} was altered or moved`)
      return plain
    },
  }
}

/** The public name of a root key: derived apart from the wrapping key, so it reveals nothing of it. */
export function rootVersion(secret: Uint8Array): string {
  return fromRoot(secret, 'root-version').toString('hex', 0, 8)
}

// An operator's `secret_key` may be longer than a key and have any form; 256 bits are the least.
function fromRoot(secret: Uint8Array, purpose: Purpose): Buffer {
  if (secret.byteLength < KEY_BYTES) throw new RangeError('a root key has at least 32 bytes')
  return deriveKey(secret, { salt: '', incarnation: ANY_INCARNATION, purpose })
}

function wrapAad(version: string, aad: readonly Field[]): readonly Field[] {
  return ['root', version, ...aad]
}

function describe({ secret, createdAt }: RootMaterial): RootVersion {
  const version = rootVersion(secret)
  return createdAt ? { version, createdAt } : { version }
}
