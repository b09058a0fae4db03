import { ensureOwnApi } from './clients/ensure-own-api.ts'
import { type FindInRegistry, registryFinder } from './clients/find-client.ts'
import { createLimiter, type LimiterOptions } from './database/limiter.ts'
import type { DriftRules } from './decisions/drift.ts'
import { createPolicies, type Policies } from './decisions/policies.ts'
import { createKeyring, type Keyring } from './keys/keyring.ts'
import { rotateSigningKeys } from './keys/signing-keys.ts'
import { createLocate, type Locate } from './lib/locate.ts'
import { createMetrics, type Metrics } from './monitoring/metrics.ts'
import { outcomes } from './monitoring/outcome.ts'
import { createDoctor, type Doctor } from './monitoring/readiness.ts'
import { createOidc, type Oidc } from './oidc/create-oidc.ts'
import type { Core } from './services/core.ts'
import { driftRules } from './services/drift-rules.ts'
import { createSessionMemory, type SessionMemory } from './services/memory.ts'
import { createRootCare, type RootCare } from './services/root-rotation.ts'
import { serverRules } from './services/server-rules.ts'
import { watchIncarnation } from './services/watch-incarnation.ts'
import { type Activity, createActivity } from './sessions/activity.ts'
import { LEVEL_RULES } from './sessions/login/level-rules.ts'
import { selfRenewal } from './sessions/manager/advance-session.ts'
import { createFigures, type FiguresKeeper } from './sessions/manager/figures.ts'
import { type ReadStay, stayReader } from './sessions/stay.ts'
import { type AdvanceFamily, createAdvanceFamily } from './sessions/tokens/advance-family.ts'
import { familyReader, type ReadFamily } from './sessions/tokens/family-check.ts'
import { createFactorThrottle, type FactorThrottle } from './users/factors/factor-throttle.ts'
import { createFailureTally, type FailureTally } from './users/failure-tally.ts'
import { createLoginThrottle, type LoginThrottle } from './users/login-throttle.ts'

export { type Core, createCore } from './services/core.ts'

/** Each long-lived thing of a server, built once; use cases name the few that they need. */
export interface Services extends Core, Omit<SessionMemory, 'forgetAtEnd'> {
  readonly epochRotation: number
  readonly keyring: Keyring
  readonly throttle: LoginThrottle
  readonly failures: FailureTally
  readonly factorThrottle: FactorThrottle
  readonly registry: FindInRegistry
  readonly activity: Activity
  readonly figures: FiguresKeeper
  readonly locate: Locate
  readonly driftRules: DriftRules
  readonly advanceFamily: AdvanceFamily
  readonly families: ReadFamily
  readonly stays: ReadStay
  readonly renewItself: ReturnType<typeof selfRenewal>
  readonly policies: Policies
  readonly oidc: Oidc
  readonly rootCare: RootCare
  readonly watchIncarnation: () => Promise<void>
  readonly metrics: Metrics
  readonly doctor: Doctor
  /** Writes what is held back and closes everything but the database, which whoever opened it closes last. */
  close(): Promise<void>
}

const LEAST_SECRETS = 20_000

type RenderError = Parameters<typeof createOidc>[1]

/** Builds a server around its core. */
export async function createServices(core: Core, renderError?: RenderError): Promise<Services> {
  const { config, log, db, pool, serverKeys } = core
  const { epochRotation } = config.keys
  const { forgetAtEnd, ...memory } = createSessionMemory(core)
  const metrics = createMetrics(core, memory)
  const limiter = (options: LimiterOptions) => createLimiter(pool, options)
  const keyring = createKeyring({ ...core, epochRotation, limit: heldSecrets(config) })
  const parts = {
    ...memory,
    epochRotation,
    keyring,
    passwords: metrics.metered(core.passwords),
    throttle: createLoginThrottle({ limiter, serverKeys, throttle: config.throttle }),
    failures: createFailureTally({ db }),
    factorThrottle: createFactorThrottle({ limiter, serverKeys, throttle: config.throttle }),
    registry: registryFinder(db),
    activity: createActivity({ db }),
    figures: createFigures({ db }),
    locate: createLocate(config.context.countryFile),
    driftRules: driftRules(config),
    advanceFamily: createAdvanceFamily({ db }),
    families: familyReader(db),
    stays: stayReader(db),
    renewItself: selfRenewal({ db, keyring, tokenChecks: memory.tokenChecks }),
    policies: createPolicies({ db, server: serverRules(config), builtIn: LEVEL_RULES }),
  }
  await ensureOwnApi(db, config.issuer)
  await rotateSigningKeys(core, core.signingRotation)
  const publish = (outcome: object) => outcomes.publish(outcome)
  const oidc = await createOidc({ ...core, ...parts, publish }, renderError)
  const doctor = createDoctor({ pool, log, keys: oidc.keys })
  const unfollow = forgetAtEnd()

  return {
    ...core,
    ...parts,
    oidc,
    rootCare: createRootCare(core),
    watchIncarnation: watchIncarnation(core),
    metrics,
    doctor,
    close: async () => {
      doctor.close()
      metrics.close()
      unfollow()
      await memory.view?.close()
      for (const held of [parts.activity, parts.figures, parts.failures])
        await held
          .flush()
          .catch((error: unknown) => log.warn({ err: error }, 'the last counts were not written'))
    },
  }
}

/** What is remembered of a session is of no use without its key. */
function heldSecrets({ validation }: Core['config']): number {
  return Math.max(LEAST_SECRETS, validation.remembered)
}
