import { z } from 'zod'
import { alwaysOn, choice, duration, flag, secret, secretOrEmpty, text, whole } from './kinds.ts'
import { optional, setting } from './setting.ts'

const unlimitedOr = z.union(
  [z.literal('unlimited').transform(() => null), whole(1, 10_000)],
  'must be unlimited, or a whole number from 1 to 10000',
)
const hs256 = z.literal(
  'HS256',
  'must be HS256: every session has a key of its own, and only this server checks session tokens',
)
const aes256Gcm = z.literal('AES-256-GCM', 'must be AES-256-GCM, the only cipher that is used')

/** The keys of `session_manager` and `session_analytics`. */
export const SESSION_SETTINGS = {
  'session_manager.token_generation.algorithm': setting(hs256, 'HS256'),
  'session_manager.token_generation.secret_key': optional(secret, 'SESSION_SECRET_KEY'),
  'session_manager.token_generation.secret_key_previous': optional(
    secretOrEmpty,
    'SESSION_SECRET_KEY_PREVIOUS',
  ),
  'session_manager.token_generation.token_length': setting(whole(128, 512), '256'),
  'session_manager.token_generation.expiration_time': setting(duration('1s', '365d'), '8h'),

  'session_manager.session_storage.type': setting(choice('postgresql', 'redis'), 'postgresql'),
  'session_manager.session_storage.connection_string': optional(secretOrEmpty),
  'session_manager.session_storage.key_prefix': setting(text, 'session:'),
  'session_manager.session_storage.ttl': setting(duration('1s', '365d'), '8h'),

  'session_manager.validation.check_expiration': setting(
    alwaysOn('an expired session must never pass'),
    'true',
  ),
  'session_manager.validation.validate_context': setting(flag, 'true'),
  'session_manager.validation.check_device_fingerprint': setting(flag, 'true'),
  'session_manager.validation.validate_location': setting(flag, 'true'),
  'session_manager.validation.bounded_on_request': setting(flag, 'false'),
  'session_manager.validation.max_staleness': setting(duration('1s', '1m'), '5s'),
  'session_manager.validation.remembered_sessions': setting(whole(100, 1_000_000), '20000'),

  'session_manager.renewal.auto_renewal': setting(flag, 'true'),
  'session_manager.renewal.renewal_threshold': setting(duration('0s', '365d'), '1h'),
  'session_manager.renewal.max_renewals': setting(whole(0, 100_000), '10'),
  'session_manager.renewal.renewal_grace_period': setting(duration('0s', '1h'), '5m'),

  'session_manager.security.encryption.enabled': setting(
    alwaysOn('what a session stores is always sealed'),
    'true',
  ),
  'session_manager.security.encryption.algorithm': setting(aes256Gcm, 'AES-256-GCM'),
  'session_manager.security.encryption.key_rotation': setting(duration('1s', '365d'), '24h'),
  'session_manager.security.token_validation.signature_verification': setting(
    alwaysOn('anybody could write a token that is not checked'),
    'true',
  ),
  'session_manager.security.token_validation.audience_validation': setting(
    alwaysOn('a token for one service would open another'),
    'true',
  ),
  'session_manager.security.token_validation.issuer_validation': setting(
    alwaysOn("another server's tokens would pass"),
    'true',
  ),
  'session_manager.security.session_policies.max_concurrent_sessions': setting(
    unlimitedOr,
    'unlimited',
  ),
  'session_manager.security.session_policies.on_reaching_limit': setting(
    choice('deny', 'evict_oldest', 'evict_least_recently_used', 'evict_lowest_priority', 'ask'),
    'evict_oldest',
  ),
  'session_manager.security.session_policies.max_session_duration': setting(
    duration('1s', '365d'),
    '24h',
  ),
  'session_manager.security.session_policies.idle_timeout': setting(duration('1s', '365d'), '30m'),
  'session_manager.security.session_policies.absolute_timeout': setting(
    duration('1s', '365d'),
    '7d',
  ),

  'session_manager.distributed_management.cluster_mode': setting(flag, 'false'),
  'session_manager.distributed_management.replication_factor': setting(whole(1, 100), '1'),
  'session_manager.distributed_management.consistency_level': setting(
    choice('strong', 'bounded'),
    'strong',
  ),
  'session_manager.distributed_management.failover_enabled': setting(flag, 'false'),

  'session_manager.monitoring.metrics_collection': setting(flag, 'true'),
  'session_manager.monitoring.audit_logging': setting(
    alwaysOn('every session operation is written down'),
    'true',
  ),
  'session_manager.monitoring.performance_monitoring': setting(flag, 'true'),
  'session_manager.monitoring.security_monitoring': setting(flag, 'true'),

  'session_analytics.data_collection.enabled': setting(flag, 'true'),
  'session_analytics.data_collection.collection_interval': setting(duration('1s', '1d'), '1m'),
  'session_analytics.data_collection.retention_period': setting(duration('1h', '3650d'), '90d'),
  'session_analytics.metrics.session_duration': setting(flag, 'true'),
  'session_analytics.metrics.session_activity': setting(flag, 'true'),
  'session_analytics.metrics.device_usage': setting(flag, 'true'),
  'session_analytics.metrics.location_tracking': setting(flag, 'true'),
  'session_analytics.metrics.performance_metrics': setting(flag, 'true'),
  'session_analytics.reporting.daily_reports': setting(flag, 'true'),
  'session_analytics.reporting.weekly_reports': setting(flag, 'true'),
  'session_analytics.reporting.monthly_reports': setting(flag, 'true'),
  'session_analytics.reporting.custom_reports': setting(flag, 'true'),
} as const
