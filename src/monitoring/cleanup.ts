import { Counter, Gauge, type Registry } from 'prom-client'
import type { Outcome } from './outcome.ts'

/**
 * What clean-up removed, and what it left: counted by the job that does it, after each run, so that
 * asking for metrics costs the database nothing.
 */
export function createCleanup(registry: Registry): (outcome: Outcome) => void {
  const registers = [registry]
  const labelNames = ['rows']
  const removed = new Counter({
    name: 'sojourn_cleanup_removed_total',
    help: 'Rows that were removed because their time was over, by kind.',
    labelNames,
    registers,
  })
  const waiting = new Gauge({
    name: 'sojourn_cleanup_waiting',
    help: 'Rows that should have been removed or ended and were left by the last run, by kind; 10000 and more count as 10000.',
    labelNames,
    registers,
  })
  const lastRun = new Gauge({
    name: 'sojourn_cleanup_last_run_timestamp_seconds',
    help: 'When clean-up ended its last run in this process; 0 before the first.',
    registers,
  })

  return (outcome) => {
    for (const [rows, count] of countsOf(outcome.removed)) removed.inc({ rows }, count)
    for (const [rows, count] of countsOf(outcome.waiting)) waiting.set({ rows }, count)
    lastRun.setToCurrentTime()
  }
}

function countsOf(counts: unknown): [string, number][] {
  if (typeof counts !== 'object' || counts === null) return []
  return Object.entries(counts).flatMap(([rows, count]) =>
    KINDS.has(rows) && Number.isFinite(count) ? [[rows, Number(count)]] : [],
  )
}

/** A closed list: a label is a word of ours. */
const KINDS: ReadonlySet<string> = new Set([
  'artifacts',
  'replays',
  'revoked_tokens',
  'limits',
  'sessions',
  'grants',
  'logins',
  'expired_sessions',
  'expired_logins',
])
