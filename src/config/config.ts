import type { Redacted } from '../lib/redacted.ts'

/** What one server runs with: read once, frozen; every duration is in seconds. */
export interface Config {
  readonly production: boolean
  /** The public origin, without a trailing slash. */
  readonly issuer: string
  readonly listen: { readonly host: string; readonly port: number }
  /** How many reverse proxies in front of this server are trusted to name the client's address. */
  readonly proxyHops: number
  readonly dataFolder: string
  readonly demo: boolean
  readonly demoPorts: { readonly notes: number; readonly billing: number }
  readonly logLevel: LogLevel
  readonly drainTimeout: number
  /** What a scraper must show for `/metrics`; null closes it in production. */
  readonly metricsToken: Redacted<string> | null
  readonly database: DatabaseConfig
  readonly rootKey: RootKeySource
  readonly keys: KeysConfig
  readonly tokens: TokensConfig
  readonly login: { readonly idleTimeout: number; readonly absoluteTimeout: number }
  readonly sessions: SessionsConfig
  readonly offline: { readonly idleTimeout: number; readonly absoluteTimeout: number }
  readonly renewal: RenewalConfig
  readonly validation: ValidationConfig
  readonly context: ContextConfig
  readonly sessionStorage: SessionStorageConfig
  readonly distributed: DistributedConfig
  readonly monitoring: MonitoringConfig
  readonly analytics: AnalyticsConfig
  readonly backchannel: BackchannelConfig
  readonly registration: { readonly enabled: boolean }
  readonly passwords: PasswordsConfig
  readonly throttle: {
    readonly perUser: Throttle
    readonly perAddress: Throttle
    /** Rows that somebody without a login has us keep. */
    readonly strangers: Throttle
  }
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

export interface DatabaseConfig {
  /** Null where the server brings its own PostgreSQL, in the data folder. */
  readonly url: Redacted<string> | null
  readonly poolSize: number
  readonly lockTimeout: number
  readonly statementTimeout: number
  readonly queueLimit: number
  readonly queueTimeout: number
}

/** Where the root key comes from; both secrets hold at least 32 bytes. */
export type RootKeySource =
  | { readonly source: 'file'; readonly file: string }
  | {
      readonly source: 'secret'
      readonly current: Redacted<Buffer>
      readonly previous: Redacted<Buffer> | null
    }

export interface KeysConfig {
  readonly epochRotation: number
  /** The age at which a root version is due for replacement. */
  readonly rootRotation: number
  /** Who replaces it then: the server by itself, or an operator who is told. */
  readonly rootRotationBy: 'server' | 'operator'
  readonly signing: {
    readonly alg: 'ES256' | 'RS256'
    readonly rotation: number
    readonly jwksMaxAge: number
  }
}

export interface TokensConfig {
  readonly accessToken: number
  readonly code: number
  readonly refreshGrace: number
  readonly idToken: number
}

export interface SessionsConfig {
  /** What a session token, and each renewal, is good for. */
  readonly tokenLifetime: number
  readonly idleTimeout: number
  /** Counted from the session's creation. */
  readonly maxDuration: number
  /** Counted from the login's authentication. */
  readonly absoluteTimeout: number
  /** Logins of one user at a time, with the sessions that have none; null is unlimited. */
  readonly maxConcurrent: number | null
  /** What is done when somebody comes and there are so many. */
  readonly onReachingLimit:
    | 'deny'
    | 'evict_oldest'
    | 'evict_least_recently_used'
    | 'evict_lowest_priority'
    | 'ask'
}

export interface RenewalConfig {
  readonly auto: boolean
  readonly threshold: number
  readonly max: number
  readonly grace: number
}

export interface ValidationConfig {
  readonly context: boolean
  readonly deviceFingerprint: boolean
  readonly location: boolean
  /** Whether a call may ask for an answer from memory where the server's own way is `strong`. */
  readonly boundedOnRequest: boolean
  /** Seconds: nothing is answered from a view that is older. */
  readonly maxStaleness: number
  /** How many sessions are held in memory for that at most. */
  readonly remembered: number
}

export interface ContextConfig {
  /** What another device, or a country sooner than anybody travels, calls for. */
  readonly reaction: 'note' | 'step_up' | 'end'
  /** Record what would have happened, and let it pass. */
  readonly onlyRecord: boolean
  /** A database of countries in MaxMind's format; null for the one that comes along. */
  readonly countryFile: string | null
}

/** The cache tier that was asked for; sessions themselves are always in PostgreSQL. */
export interface SessionStorageConfig {
  readonly type: 'postgresql' | 'redis'
  readonly connectionString: Redacted<string> | null
  readonly keyPrefix: string
  readonly ttl: number
}

export interface DistributedConfig {
  readonly clusterMode: boolean
  readonly replicationFactor: number
  readonly consistency: 'strong' | 'bounded'
  readonly failover: boolean
}

export interface MonitoringConfig {
  readonly metrics: boolean
  readonly performance: boolean
  readonly security: boolean
}

export interface AnalyticsConfig {
  readonly collection: {
    readonly enabled: boolean
    readonly interval: number
    readonly retention: number
  }
  readonly metrics: {
    readonly duration: boolean
    readonly activity: boolean
    readonly devices: boolean
    readonly locations: boolean
    readonly performance: boolean
  }
  readonly reports: {
    readonly daily: boolean
    readonly weekly: boolean
    readonly monthly: boolean
    readonly custom: boolean
  }
}

export interface BackchannelConfig {
  /** Private networks and hosts that logout tokens may go to: CIDR, address or `host[:port]`. */
  readonly allow: readonly string[]
  readonly timeout: number
  readonly concurrency: number
  readonly retryFor: number
}

export interface PasswordsConfig {
  readonly maxConcurrentHashes: number
  readonly memoryKiB: number
  readonly iterations: number
  readonly parallelism: number
}

export interface Throttle {
  readonly points: number
  readonly window: number
}
