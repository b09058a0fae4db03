import type { Config } from './config.ts'
import { rootKeySource, rotationBy } from './root-key-source.ts'
import type { Values } from './settings.ts'

const HOUR = 3_600

/** The configuration that values without a problem make. */
export function assembleConfig(v: Values): Config {
  const production = v.environment === 'production'
  return {
    production,
    issuer: v.issuer ?? `http://localhost:${v['listen.port']}`,
    listen: {
      host: v['listen.host'] ?? (production ? '0.0.0.0' : '127.0.0.1'),
      port: v['listen.port'],
    },
    proxyHops: v.proxy_hops,
    dataFolder: v.data_folder,
    demo: v.demo,
    demoPorts: { notes: v['demo_ports.notes'], billing: v['demo_ports.billing'] },
    logLevel: v.log_level,
    drainTimeout: v.drain_timeout,
    metricsToken: v.metrics_token,
    ...databaseAndKeys(v),
    ...tokensAndLifetimes(v),
    validation: {
      context: v['session_manager.validation.validate_context'],
      deviceFingerprint: v['session_manager.validation.check_device_fingerprint'],
      location: v['session_manager.validation.validate_location'],
      boundedOnRequest: v['session_manager.validation.bounded_on_request'],
      maxStaleness: v['session_manager.validation.max_staleness'],
      remembered: v['session_manager.validation.remembered_sessions'],
    },
    context: {
      reaction: v['context.reaction'],
      onlyRecord: v['context.only_record'],
      countryFile: v['context.country_file'] ?? null,
    },
    ...storageAndNodes(v),
    ...observation(v),
    backchannel: {
      allow: v['backchannel.allow'],
      timeout: v['backchannel.timeout'],
      concurrency: v['backchannel.concurrency'],
      retryFor: v['backchannel.retry_for'],
    },
    registration: { enabled: v['registration.enabled'] },
    ...guards(v),
  }
}

function databaseAndKeys(v: Values): Pick<Config, 'database' | 'rootKey' | 'keys'> {
  return {
    database: {
      url: v['database.url'],
      poolSize: v['database.pool_size'],
      lockTimeout: v['database.lock_timeout'],
      statementTimeout: v['database.statement_timeout'],
      queueLimit: v['database.queue_limit'],
      queueTimeout: v['database.queue_timeout'],
    },
    rootKey: rootKeySource(v),
    keys: {
      epochRotation: v['session_manager.security.encryption.key_rotation'],
      rootRotation: v['keys.root_rotation'],
      rootRotationBy: v['keys.root_rotation_by'] ?? rotationBy(v),
      signing: {
        alg: v['keys.signing.alg'],
        rotation: v['keys.signing.rotation'],
        jwksMaxAge: v['keys.signing.jwks_max_age'],
      },
    },
  }
}

function tokensAndLifetimes(
  v: Values,
): Pick<Config, 'tokens' | 'login' | 'sessions' | 'offline' | 'renewal'> {
  const idleTimeout = v['session_manager.security.session_policies.idle_timeout']
  const absoluteTimeout = v['session_manager.security.session_policies.absolute_timeout']
  // A login that went idle before its sessions would take them with it.
  const loginIdle = Math.min(Math.max(HOUR, idleTimeout), absoluteTimeout)
  return {
    tokens: {
      accessToken: v['tokens.access_token'],
      code: v['tokens.code'],
      refreshGrace: v['tokens.refresh_grace'],
      idToken: v['tokens.id_token'],
    },
    login: { idleTimeout: v['login.idle_timeout'] ?? loginIdle, absoluteTimeout },
    sessions: {
      tokenLifetime: v['session_manager.token_generation.expiration_time'],
      idleTimeout,
      maxDuration: v['session_manager.security.session_policies.max_session_duration'],
      absoluteTimeout,
      maxConcurrent: v['session_manager.security.session_policies.max_concurrent_sessions'],
      onReachingLimit: v['session_manager.security.session_policies.on_reaching_limit'],
    },
    offline: {
      idleTimeout: v['offline.idle_timeout'],
      absoluteTimeout: v['offline.absolute_timeout'],
    },
    renewal: {
      auto: v['session_manager.renewal.auto_renewal'],
      threshold: v['session_manager.renewal.renewal_threshold'],
      max: v['session_manager.renewal.max_renewals'],
      grace: v['session_manager.renewal.renewal_grace_period'],
    },
  }
}

function storageAndNodes(v: Values): Pick<Config, 'sessionStorage' | 'distributed'> {
  return {
    sessionStorage: {
      type: v['session_manager.session_storage.type'],
      connectionString: v['session_manager.session_storage.connection_string'],
      keyPrefix: v['session_manager.session_storage.key_prefix'],
      ttl: v['session_manager.session_storage.ttl'],
    },
    distributed: {
      clusterMode: v['session_manager.distributed_management.cluster_mode'],
      replicationFactor: v['session_manager.distributed_management.replication_factor'],
      consistency: v['session_manager.distributed_management.consistency_level'],
      failover: v['session_manager.distributed_management.failover_enabled'],
    },
  }
}

function observation(v: Values): Pick<Config, 'monitoring' | 'analytics'> {
  return {
    monitoring: {
      metrics: v['session_manager.monitoring.metrics_collection'],
      performance: v['session_manager.monitoring.performance_monitoring'],
      security: v['session_manager.monitoring.security_monitoring'],
    },
    analytics: {
      collection: {
        enabled: v['session_analytics.data_collection.enabled'],
        interval: v['session_analytics.data_collection.collection_interval'],
        retention: v['session_analytics.data_collection.retention_period'],
      },
      metrics: {
        duration: v['session_analytics.metrics.session_duration'],
        activity: v['session_analytics.metrics.session_activity'],
        devices: v['session_analytics.metrics.device_usage'],
        locations: v['session_analytics.metrics.location_tracking'],
        performance: v['session_analytics.metrics.performance_metrics'],
      },
      reports: {
        daily: v['session_analytics.reporting.daily_reports'],
        weekly: v['session_analytics.reporting.weekly_reports'],
        monthly: v['session_analytics.reporting.monthly_reports'],
        custom: v['session_analytics.reporting.custom_reports'],
      },
    },
  }
}

function guards(v: Values): Pick<Config, 'passwords' | 'throttle'> {
  return {
    passwords: {
      maxConcurrentHashes: v['passwords.max_concurrent_hashes'],
      memoryKiB: v['passwords.memory_kib'],
      iterations: v['passwords.iterations'],
      parallelism: v['passwords.parallelism'],
    },
    throttle: {
      perUser: { points: v['throttle.per_user.points'], window: v['throttle.per_user.window'] },
      perAddress: {
        points: v['throttle.per_address.points'],
        window: v['throttle.per_address.window'],
      },
      strangers: {
        points: v['throttle.strangers.points'],
        window: v['throttle.strangers.window'],
      },
    },
  }
}
