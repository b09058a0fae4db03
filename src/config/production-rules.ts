import { isAbsolute, relative, resolve } from 'node:path'
import { isPrivateTransport } from './database-url.ts'
import { rootKeyFile } from './root-key-source.ts'
import { decodeRootSecret, weaknessOf } from './root-secret.ts'
import type { Rule } from './rule.ts'
import type { Values } from './settings.ts'

const SECRET = 'session_manager.token_generation.secret_key'
const PREVIOUS = 'session_manager.token_generation.secret_key_previous'
const HOW_TO_MAKE = 'make one with: openssl rand -base64 32'

/** What may do on one's own machine and may not where people's sessions are at stake. */
export const PRODUCTION_RULES: readonly Rule[] = [
  { reads: ['issuer'], refuses: refuseIssuer },
  {
    reads: ['demo'],
    refuses: (v) => (v.demo ? 'is demonstration data with known passwords' : null),
  },
  { reads: ['database.url', 'database.insecure_transport'], refuses: refuseDatabase },
  { reads: ['keys.root_key_file', 'data_folder', SECRET], refuses: refuseKeyFile },
  { reads: [SECRET], refuses: (v) => refuseWeakSecret(v[SECRET]?.reveal() ?? null) },
  { reads: [PREVIOUS], refuses: (v) => refuseWeakSecret(v[PREVIOUS]?.reveal() ?? null) },
]

function refuseIssuer(values: Values): string | null {
  if (values.issuer === null) return 'is needed in production: the public https address'
  return values.issuer.startsWith('https:') ? null : 'must be https in production'
}

function refuseDatabase(values: Values): string | null {
  const url = values['database.url']?.reveal() ?? null
  if (url === null) return 'is needed in production: the embedded database is for development'
  if (values['database.insecure_transport'] || isPrivateTransport(url)) return null
  return 'must demand sslmode=verify-full in production (or accept database.insecure_transport)'
}

// Whoever copies the data folder would copy the key that opens what it protects.
function refuseKeyFile(values: Values): string | null {
  if (values[SECRET] !== null) return null
  if (values['keys.root_key_file'] === null)
    return `the generated root key is for development: name a file kept elsewhere, or set ${SECRET}`
  return isInside(values.data_folder, rootKeyFile(values))
    ? 'the generated root key, or one beside it in the data folder, is for development'
    : null
}

function isInside(folder: string, file: string): boolean {
  const path = relative(resolve(folder), resolve(file))
  return path !== '..' && !path.startsWith('../') && !path.startsWith('..\\') && !isAbsolute(path)
}

function refuseWeakSecret(text: string | null): string | null {
  if (text === null) return null
  const bytes = decodeRootSecret(text)
  if (!bytes) return `must be 32 random bytes or more in base64 or hex; ${HOW_TO_MAKE}`
  const weakness = weaknessOf(text, bytes)
  return weakness && `${weakness}; ${HOW_TO_MAKE}`
}
