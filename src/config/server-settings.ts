import {
  bearerOrEmpty,
  choice,
  duration,
  flag,
  origin,
  port,
  secretOrEmpty,
  text,
  whole,
} from './kinds.ts'
import { allowedTargets, host } from './network-kinds.ts'
import { optional, setting } from './setting.ts'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** The keys of the server itself. */
export const SERVER_SETTINGS = {
  environment: setting(choice('production', 'development'), 'development'),
  issuer: optional(origin),
  'listen.host': optional(host, 'SOJOURN_HOST'),
  'listen.port': setting(port, '8080', 'SOJOURN_PORT'),
  proxy_hops: setting(whole(0, 10), '0'),
  data_folder: setting(text, './data'),
  demo: setting(flag, 'false'),
  'demo_ports.notes': setting(port, '8081'),
  'demo_ports.billing': setting(port, '8082'),
  log_level: setting(choice(...LOG_LEVELS), 'info'),
  drain_timeout: setting(duration('0s', '10m'), '10s'),
  metrics_token: optional(bearerOrEmpty),

  'database.url': optional(secretOrEmpty, 'DATABASE_URL'),
  'database.insecure_transport': setting(flag, 'false'),
  'database.pool_size': setting(whole(2, 1_000), '10'),
  'database.lock_timeout': setting(duration('1s', '1m'), '2s'),
  'database.statement_timeout': setting(duration('1s', '10m'), '10s'),
  'database.queue_limit': setting(whole(1, 100_000), '1000'),
  'database.queue_timeout': setting(duration('1s', '1m'), '2s'),

  'keys.root_key_file': optional(text, 'SOJOURN_ROOT_KEY_FILE'),
  'keys.root_rotation': setting(duration('1h', '365d'), '30d'),
  'keys.root_rotation_by': optional(choice('server', 'operator')),
  'keys.signing.alg': setting(choice('ES256', 'RS256'), 'ES256'),
  'keys.signing.rotation': setting(duration('2s', '365d'), '30d'),
  'keys.signing.jwks_max_age': setting(duration('1s', '1d'), '5m'),

  // What is signed for checking elsewhere cannot be called back: five minutes bound that gap.
  'tokens.access_token': setting(duration('1s', '5m'), '5m'),
  'tokens.code': setting(duration('1s', '10m'), '60s'),
  'tokens.refresh_grace': setting(duration('0s', '60s'), '30s'),
  'tokens.id_token': setting(duration('1m', '1d'), '1h'),

  'login.idle_timeout': optional(duration('1s', '365d')),
  'offline.idle_timeout': setting(duration('1s', '365d'), '30d'),
  'offline.absolute_timeout': setting(duration('1s', '365d'), '90d'),

  'context.reaction': setting(choice('note', 'step_up', 'end'), 'step_up'),
  'context.only_record': setting(flag, 'false'),
  'context.country_file': optional(text),

  'backchannel.allow': setting(allowedTargets, ''),
  'backchannel.timeout': setting(duration('1s', '1m'), '5s'),
  'backchannel.concurrency': setting(whole(1, 1_000), '8'),
  'backchannel.retry_for': setting(duration('1m', '30d'), '72h'),

  'registration.enabled': setting(flag, 'false'),

  // OWASP's Password Storage Cheat Sheet: argon2id with m = 19 MiB, t = 2, p = 1 at the least.
  'passwords.max_concurrent_hashes': setting(whole(1, 64), '2'),
  'passwords.memory_kib': setting(whole(19_456, 1_048_576), '19456'),
  'passwords.iterations': setting(whole(2, 20), '2'),
  'passwords.parallelism': setting(whole(1, 16), '1'),

  'throttle.per_user.points': setting(whole(1, 1_000_000), '10'),
  'throttle.per_user.window': setting(duration('1s', '1d'), '15m'),
  'throttle.per_address.points': setting(whole(1, 1_000_000), '100'),
  'throttle.per_address.window': setting(duration('1s', '1d'), '15m'),
  'throttle.strangers.points': setting(whole(1, 1_000_000), '300'),
  'throttle.strangers.window': setting(duration('1s', '1d'), '1m'),
} as const
