import type { RootKeySource } from '../config/config.ts'
import { localRootKeys, type RootKeys } from '../crypto/root-key.ts'
import { fileRootKeys } from '../keys/file-root-keys.ts'

/** The root keys that the configuration names; a key management service would be a third kind. */
export function openRootKeys(source: RootKeySource): Promise<RootKeys> {
  if (source.source === 'file') return fileRootKeys(source.file)
  const secrets = source.previous ? [source.current, source.previous] : [source.current]
  return Promise.resolve(localRootKeys(secrets.map((secret) => ({ secret: secret.reveal() }))))
}
