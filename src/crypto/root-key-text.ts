import { DomainError } from '../errors.ts'
import { decodeStrict, encode } from './base64url.ts'
import { KEY_BYTES } from './derive.ts'
import type { RootMaterial } from './root-key.ts'

/** A root version with its birthday, as a root key file records it. */
export interface DatedRootMaterial extends RootMaterial {
  readonly createdAt: Date
}

const LABEL = 'sojourn-root-v1'

/** One line a version, the newest first: `sojourn-root-v1 <created> <key in base64url>`. */
export function formatRootKeyFile(materials: readonly DatedRootMaterial[]): string {
  return materials.map(formatLine).join('')
}

/** Reads such a file whole or refuses it; a message names the line and never quotes it. */
export function parseRootKeyFile(text: string): DatedRootMaterial[] {
  const lines = text.split('\n').map((line) => line.trim())
  const materials = lines.flatMap((line, index) =>
    line === '' ? [] : [parseLine(line, index + 1)],
  )
  if (materials.length === 0) throw unusable('the root key file holds no key')
  return materials
}

function formatLine({ createdAt, secret }: DatedRootMaterial): string {
  return `${LABEL} ${createdAt.toISOString()} ${encode(secret)}\n`
}

function parseLine(line: string, number: number): DatedRootMaterial {
  const [label, created = '', key = '', ...rest] = line.split(/\s+/)
  const secret = decodeStrict(key)
  const createdAt = new Date(created)
  if (label !== LABEL || rest.length > 0) throw unusable(`line ${number} is not a root key`)
  if (secret?.byteLength !== KEY_BYTES) throw unusable(`line ${number} has no 32-byte key`)
  if (Number.isNaN(createdAt.getTime())) throw unusable(`line ${number} has no date`)
  return { secret, createdAt }
}

function unusable(message: string): DomainError {
  return new DomainError('root_key_unusable', message)
}
