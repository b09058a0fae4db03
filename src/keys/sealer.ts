import { randomBytes } from 'node:crypto'
import { deriveKey } from '../crypto/derive.ts'
import { open, seal } from '../crypto/envelope.ts'
import type { Field } from '../crypto/fields.ts'
import type { SealingVersions } from './sealing-versions.ts'

/** Seals under a key that outlives sessions; `kind` separates the keys, `place` binds to a row. */
export interface Sealer {
  seal(kind: string, place: readonly Field[], plaintext: Uint8Array): Buffer
  open(kind: string, place: readonly Field[], sealed: Uint8Array): Buffer | null
}

/** One run of seals under one derived key. */
interface Stream {
  readonly version: number
  readonly salt: Buffer
}

const FORMAT = 1
const SALT_BYTES = 16
const HEADER_BYTES = 3 + SALT_BYTES
// Random 96-bit nonces are good for 2^32 messages a key (NIST SP 800-38D §8.3); this stays far below.
const SEALS_PER_STREAM = 2 ** 28
const CACHED_KEYS = 1000

/**
 * Seals as format | key version | stream | envelope, with the current one of the versions.
 *
 * Each process, and each 2^28 seals of one, has a stream and so a key of its own: seals are counted
 * where they are made, and no count must be shared between nodes.
 */
export function createSealer(versions: SealingVersions, incarnation: string): Sealer {
  const keys = new Map<string, Buffer>()
  let stream = startStream(versions.current())
  let seals = 0

  function keyOf(kind: string, { version, salt }: Stream): Buffer | null {
    const secret = versions.secretOf(version)
    if (!secret) return null
    const name = `${version} ${salt.toString('hex')} ${kind}`
    const known = keys.get(name)
    if (known) return known
    const key = deriveKey(secret, { salt, incarnation, purpose: 'server-data', context: [kind] })
    const [oldest] = keys.keys()
    if (oldest !== undefined && keys.size >= CACHED_KEYS) keys.delete(oldest)
    keys.set(name, key)
    return key
  }

  return {
    seal(kind, place, plaintext) {
      const version = versions.current()
      if (seals++ >= SEALS_PER_STREAM || stream.version !== version)
        [stream, seals] = [startStream(version), 1]
      const envelope = seal(keyOf(kind, stream)!, plaintext, aadOf(kind, place))
      return Buffer.concat([header(stream), envelope])
    },
    open(kind, place, sealed) {
      const from = parseHeader(sealed)
      const key = from && keyOf(kind, from)
      return key && open(key, sealed.subarray(HEADER_BYTES), aadOf(kind, place))
    },
  }
}

function startStream(version: number): Stream {
  return { version, salt: randomBytes(SALT_BYTES) }
}

function header({ version, salt }: Stream): Buffer {
  return Buffer.concat([Buffer.of(FORMAT, version >> 8, version & 0xff), salt])
}

function parseHeader(sealed: Uint8Array): Stream | null {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  if (bytes.length < HEADER_BYTES || bytes[0] !== FORMAT) return null
  return { version: bytes.readUInt16BE(1), salt: bytes.subarray(3, HEADER_BYTES) }
}

function aadOf(kind: string, place: readonly Field[]): readonly Field[] {
  return ['server-data', kind, ...place]
}
