import { type FindInRegistry, registryFinder } from './clients/find-client.ts'
import type { Config } from './config/config.ts'
import type { RootKeys } from './crypto/root-key.ts'
import type { Database } from './database/database.ts'
import { createLimiter, type LimiterOptions } from './database/limiter.ts'
import { type AuditKeys, createAuditKeys } from './keys/audit-keys.ts'
import { loadServerKeys, type ServerKeys } from './keys/data-keys.ts'
import { loadIncarnation } from './keys/incarnation.ts'
import { createKeyring, type Keyring } from './keys/keyring.ts'
import { rotateSigningKeys, type SigningRotation } from './keys/signing-keys.ts'
import type { Log } from './log.ts'
import { createMetrics, type Metrics } from './monitoring/metrics.ts'
import { outcomes } from './monitoring/outcome.ts'
import { createDoctor, type Doctor } from './monitoring/readiness.ts'
import { createOidc, type Oidc } from './oidc/create-oidc.ts'
import { openRootKeys } from './services/root-keys.ts'
import { signingRotation } from './services/signing-rotation.ts'
import { type Activity, createActivity } from './sessions/activity.ts'
import { type AdvanceFamily, createAdvanceFamily } from './sessions/advance-family.ts'
import { familyReader, type ReadFamily } from './sessions/family-check.ts'
import { type ReadStay, stayReader } from './sessions/stay.ts'
import { createLoginThrottle, type LoginThrottle } from './users/login-throttle.ts'
import { createPasswords, type Passwords } from './users/password.ts'

/** What a command and a server both need: the database and the keys. */
export interface Core extends Pick<Database, 'db' | 'pool'> {
  readonly config: Config
  readonly log: Log
  readonly rootKeys: RootKeys
  readonly incarnation: string
  readonly serverKeys: ServerKeys
  readonly auditKeys: AuditKeys
  readonly signingRotation: SigningRotation
  readonly passwords: Passwords
}

/** Each long-lived thing of a server, built once; use cases name the few that they need. */
export interface Services extends Core {
  readonly epochRotation: number
  readonly keyring: Keyring
  readonly throttle: LoginThrottle
  readonly registry: FindInRegistry
  readonly activity: Activity
  readonly advanceFamily: AdvanceFamily
  readonly families: ReadFamily
  readonly stays: ReadStay
  readonly oidc: Oidc
  readonly metrics: Metrics
  readonly doctor: Doctor
  /** Writes what is held back and closes everything but the database, which whoever opened it closes last. */
  close(): Promise<void>
}

/** Builds the core on a migrated database, in the order in which its parts need each other. */
export async function createCore(config: Config, log: Log, database: Database): Promise<Core> {
  const { db, pool } = database
  const rootKeys = await openRootKeys(config.rootKey)
  const incarnation = await loadIncarnation(db)
  return {
    config,
    log,
    db,
    pool,
    rootKeys,
    incarnation,
    serverKeys: await loadServerKeys({ db, rootKeys, incarnation }),
    auditKeys: createAuditKeys({ rootKeys }),
    signingRotation: signingRotation(config),
    passwords: createPasswords(config.passwords),
  }
}

type RenderError = Parameters<typeof createOidc>[1]

/** Builds a server around its core. */
export async function createServices(core: Core, renderError?: RenderError): Promise<Services> {
  const { config, log, db, pool, serverKeys } = core
  const { epochRotation } = config.keys
  const metrics = createMetrics(core)
  const limiter = (options: LimiterOptions) => createLimiter(pool, options)
  const parts = {
    epochRotation,
    keyring: createKeyring({ ...core, epochRotation }),
    passwords: metrics.metered(core.passwords),
    throttle: createLoginThrottle({ limiter, serverKeys, throttle: config.throttle }),
    registry: registryFinder(db),
    activity: createActivity({ db }),
    advanceFamily: createAdvanceFamily({ db }),
    families: familyReader(db),
    stays: stayReader(db),
  }
  await rotateSigningKeys(core, core.signingRotation)
  const publish = (outcome: object) => outcomes.publish(outcome)
  const oidc = await createOidc({ ...core, ...parts, publish }, renderError)
  const doctor = createDoctor({ pool, log, keys: oidc.keys })

  return {
    ...core,
    ...parts,
    oidc,
    metrics,
    doctor,
    close: async () => {
      doctor.close()
      metrics.close()
      await parts.activity
        .flush()
        .catch((error: unknown) => log.warn({ err: error }, 'the last uses were not written'))
    },
  }
}
