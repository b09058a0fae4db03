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

function material(secret: Redacted<string>): Redacted<Buffer> {
  const text = secret.reveal()
  return new Redacted(decodeRootSecret(text) ?? stretchRootSecret(text))
}
