import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { RootKeys } from '../crypto/root-key.ts'
import type { Sql } from '../database/sql.ts'
import type { Log } from '../log.ts'
import type { Passwords } from '../users/password.ts'
import { createCleanup } from './cleanup.ts'
import { createCounters } from './counters.ts'
import { createGauges } from './gauges.ts'
import { createKeyGauges } from './key-gauges.ts'
import { followOutcomes } from './outcome.ts'
import { createViewMetrics, type ViewedMemory } from './view-metrics.ts'

interface Deps {
  readonly db: Sql
  readonly pool: {
    readonly totalCount: number
    readonly idleCount: number
    readonly waitingCount: number
  }
  readonly log: Log
  readonly rootKeys: RootKeys
  readonly config: { readonly keys: { readonly rootRotation: number } }
}

export interface Metrics {
  /** Everything, in the text format of Prometheus. */
  scrape(): Promise<{ readonly type: string; readonly text: string }>
  /** The same passwords; how many wait for their hash, or are hashed, shows in a gauge. */
  metered(passwords: Passwords): Passwords
  close(): void
}

const NONE: ViewedMemory = { view: null, recalledSessions: null }

/** Counts what is told on the outcome channel; no domain file knows that it is counted. */
export function createMetrics(deps: Deps, memory: ViewedMemory = NONE): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  createGauges(registry, deps)
  createKeyGauges(registry, deps)
  createViewMetrics(registry, memory)
  const hashing = new Gauge({
    name: 'sojourn_password_hashes_in_flight',
    help: 'Password hashes that run or wait for their turn.',
    registers: [registry],
  })
  const count = createCounters(registry)
  const noteCleanup = createCleanup(registry)
  const close = followOutcomes((outcome) =>
    outcome.kind === 'cleanup' ? noteCleanup(outcome) : count(outcome),
  )

  async function counted<T>(work: Promise<T>): Promise<T> {
    hashing.inc()
    return work.finally(() => hashing.dec())
  }

  return {
    close,
    scrape: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    metered: (passwords) => ({
      hash: (password) => counted(passwords.hash(password)),
      verify: (passwordHash, password, owner) =>
        counted(passwords.verify(passwordHash, password, owner)),
      isOutdated: (passwordHash) => passwords.isOutdated(passwordHash),
    }),
  }
}
