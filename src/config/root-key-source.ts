import { join } from 'node:path'
import { Redacted } from '../lib/redacted.ts'
import type { RootKeySource } from './config.ts'
import { decodeRootSecret, stretchRootSecret } from './root-secret.ts'
import type { Values } from './settings.ts'

/** The operator's secret where there is one, else a key file, else the one in the data folder. */
export function rootKeySource(values: Values): RootKeySource {
  const current = values['session_manager.token_generation.secret_key']
  const previous = values['session_manager.token_generation.secret_key_previous']
  if (!current) return { source: 'file', file: rootKeyFile(values) }
  return {
    source: 'secret',
    current: material(current),
    previous: previous ? material(previous) : null,
  }
}

/** The file that holds the root key, as far as a file does. */
export function rootKeyFile(values: Values): string {
  return values['keys.root_key_file'] ?? join(values.data_folder, 'root-key')
}

/**
 * The server itself where nobody else can hold a copy of the key: one made in the data folder,
 * beside a database that only this machine uses. A node that added a version to its own copy of a
 * file would wrap keys that no other node can read.
 */
export function rotationBy(values: Values): 'server' | 'operator' {
  const { source } = rootKeySource(values)
  const isOurs = source === 'file' && values['keys.root_key_file'] === null
  return isOurs && values['database.url'] === null ? 'server' : 'operator'
}

function material(secret: Redacted<string>): Redacted<Buffer> {
  const text = secret.reveal()
  return new Redacted(decodeRootSecret(text) ?? stretchRootSecret(text))
}
