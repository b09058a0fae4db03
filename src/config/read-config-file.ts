import { readFileSync } from 'node:fs'
import { ConfigError } from './config-error.ts'

/** A configuration file as `loadConfig` takes it; one that cannot be read is a `ConfigError`. */
export function readConfigFile(path: string): { readonly text: string; readonly source: string } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
    return { text, source: path }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new ConfigError(path, [{ key: path, reason: `cannot be read (${code})` }])
  }
}
