import { Gauge, type Registry } from 'prom-client'
import type { Sql } from '../database/sql.ts'
import type { Log } from '../log.ts'
import { countDeliveries, countLiveSessions } from './gauge-store.ts'

interface Deps {
  readonly db: Sql
  readonly pool: PoolCounts
  readonly log: Log
}

interface PoolCounts {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

/** Counting all live sessions costs the database something, and several scrapers may ask. */
export const FRESH = 15_000

/** Gauges that are counted when somebody asks, from the database at most every 15 seconds. */
export function createGauges(registry: Registry, { db, pool, log }: Deps): void {
  const registers = [registry]
  new Gauge({
    name: 'sojourn_database_connections',
    help: 'Connections of the pool, by what they do.',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
      this.set({ state: 'awaited' }, pool.waitingCount)
    },
  })

  const sessions = atMostEvery(FRESH, () => countLiveSessions(db))
  new Gauge({
    name: 'sojourn_sessions_active',
    help: 'Sessions that may be used now, by workspace (the largest; "" is all others).',
    labelNames: ['workspace'],
    registers,
    async collect() {
      await orNothing(log, async () => {
        const counted = await sessions()
        this.reset()
        for (const { workspace, count } of counted) this.set({ workspace }, count)
      })
    },
  })

  const deliveries = atMostEvery(FRESH, () => countDeliveries(db))
  new Gauge({
    name: 'sojourn_deliveries_open',
    help: 'Logout tokens that nobody accepted yet, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      await orNothing(log, async () => {
        const counted = await deliveries()
        this.set({ state: 'pending' }, 0)
        this.set({ state: 'set_aside' }, 0)
        for (const { state, count } of counted) this.set({ state }, count)
      })
    },
  })
}

/** While the database is away the other metrics matter most. */
export async function orNothing(log: Log, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => log.warn({ err: error }, 'a gauge could not be counted'))
}

/** One look at a time; its result is shared until it is old. */
export function atMostEvery<T>(milliseconds: number, look: () => Promise<T>): () => Promise<T> {
  let last: Promise<T> | null = null
  let until = 0
  return () => {
    const now = performance.now()
    if (last && now < until) return last
    until = now + milliseconds
    const asked = look()
    asked.catch(() => {
      until = 0
    })
    last = asked
    return asked
  }
}
