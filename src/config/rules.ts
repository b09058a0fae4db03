import type { Problem } from './config-error.ts'
import { isDatabaseUrl } from './database-url.ts'
import { PRODUCTION_RULES } from './production-rules.ts'
import type { Rule } from './rule.ts'
import type { Key, Values } from './settings.ts'

type LengthKey = { [K in Key]: Values[K] extends number | null ? K : never }[Key]

const TOKENS = 'session_manager.token_generation'
const STORAGE = 'session_manager.session_storage'
const RENEWAL = 'session_manager.renewal'
const POLICIES = 'session_manager.security.session_policies'

const RULES: readonly Rule[] = [
  atMost(`${POLICIES}.idle_timeout`, `${POLICIES}.max_session_duration`),
  atMost(`${POLICIES}.max_session_duration`, `${POLICIES}.absolute_timeout`),
  atMost(`${TOKENS}.expiration_time`, `${POLICIES}.max_session_duration`),
  atMost(`${POLICIES}.idle_timeout`, 'login.idle_timeout'),
  atMost('login.idle_timeout', `${POLICIES}.absolute_timeout`),
  atMost(`${RENEWAL}.renewal_threshold`, `${TOKENS}.expiration_time`),
  atMost(`${RENEWAL}.renewal_grace_period`, `${TOKENS}.expiration_time`),
  atMost('offline.idle_timeout', 'offline.absolute_timeout'),
  atMost('database.lock_timeout', 'database.statement_timeout'),
  atMost(
    'session_analytics.data_collection.collection_interval',
    'session_analytics.data_collection.retention_period',
  ),
  {
    reads: ['keys.signing.rotation', 'keys.signing.jwks_max_age'],
    // A key is announced one cache time before its first use, and its follower in the same way.
    refuses: (v) =>
      v['keys.signing.rotation'] < 2 * v['keys.signing.jwks_max_age']
        ? 'must be at least twice keys.signing.jwks_max_age'
        : null,
  },
  {
    reads: ['demo_ports.notes', 'demo_ports.billing', 'listen.port', 'demo'],
    refuses: (v) =>
      v.demo && new Set([v['demo_ports.notes'], v['demo_ports.billing'], v['listen.port']]).size < 3
        ? 'demo_ports.notes, demo_ports.billing and listen.port must be three ports'
        : null,
  },
  {
    reads: ['database.url'],
    refuses: (v) =>
      v['database.url'] === null || isDatabaseUrl(v['database.url'].reveal())
        ? null
        : 'must be a URL that begins with postgresql://',
  },
  {
    reads: [`${TOKENS}.secret_key`, 'keys.root_key_file'],
    refuses: (v) =>
      v[`${TOKENS}.secret_key`] !== null && v['keys.root_key_file'] !== null
        ? 'and keys.root_key_file both name a root key; keep one of them'
        : null,
  },
  {
    reads: ['keys.root_rotation_by', `${TOKENS}.secret_key`],
    refuses: (v) =>
      v['keys.root_rotation_by'] === 'server' && v[`${TOKENS}.secret_key`] !== null
        ? 'must be operator where secret_key is set: the server cannot change its configuration'
        : null,
  },
  {
    reads: [`${TOKENS}.secret_key_previous`, `${TOKENS}.secret_key`],
    refuses: refusePrevious,
  },
  {
    reads: [`${STORAGE}.connection_string`, `${STORAGE}.type`],
    refuses: refuseConnection,
  },
]

/** Each rule that the values break; a rule about a key that is broken already stays silent. */
export function brokenRules(values: Values, broken: readonly Problem[]): Problem[] {
  const general = judge(RULES, values, broken)
  if (values.environment !== 'production') return general
  return [...general, ...judge(PRODUCTION_RULES, values, [...broken, ...general])]
}

function judge(rules: readonly Rule[], values: Values, broken: readonly Problem[]): Problem[] {
  const silent = new Set(broken.map(({ key }) => key))
  return rules.flatMap((rule) => {
    if (rule.reads.some((key) => silent.has(key))) return []
    const reason = rule.refuses(values)
    return reason === null ? [] : [{ key: rule.reads[0], reason }]
  })
}

function atMost(shorter: LengthKey, longer: LengthKey): Rule {
  return {
    reads: [shorter, longer],
    refuses: (values) => {
      const [least, most] = [values[shorter], values[longer]]
      return least !== null && most !== null && least > most
        ? `must not be longer than ${longer}`
        : null
    },
  }
}

function refusePrevious(values: Values): string | null {
  const current = values[`${TOKENS}.secret_key`]
  const previous = values[`${TOKENS}.secret_key_previous`]
  if (previous === null) return null
  if (current === null) return 'needs a secret_key that follows it'
  return current.reveal() === previous.reveal() ? 'is the same as secret_key' : null
}

function refuseConnection(values: Values): string | null {
  const connection = values[`${STORAGE}.connection_string`]
  if (connection === null) return null
  if (values[`${STORAGE}.type`] === 'postgresql') return 'is for redis; PostgreSQL is database.url'
  return /^rediss?:\/\//.test(connection.reveal()) && URL.canParse(connection.reveal())
    ? null
    : 'must be a URL that begins with redis:// or rediss://'
}
