import { decodeRootSecret } from './root-secret.ts'
import type { Values } from './settings.ts'

const SECRETS = [
  'session_manager.token_generation.secret_key',
  'session_manager.token_generation.secret_key_previous',
] as const

/** What an operator should know about a configuration that works. */
export function warningsOf(values: Values): string[] {
  const warnings: string[] = []
  if (values['session_manager.session_storage.type'] === 'redis')
    warnings.push(
      'session_manager.session_storage.type: there is no cache tier yet; PostgreSQL holds the sessions and redis is not contacted',
    )
  for (const key of SECRETS) {
    const text = values[key]?.reveal() ?? null
    if (text !== null && !decodeRootSecret(text))
      warnings.push(`${key}: is not 32 random bytes in base64 or hex; production will refuse it`)
  }
  if (values.environment === 'production' && values['database.insecure_transport'])
    warnings.push('database.insecure_transport: the way to the database may be read and altered')
  return warnings
}
