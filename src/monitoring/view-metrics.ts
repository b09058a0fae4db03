import { Counter, Gauge, type Registry } from 'prom-client'

/** A view of the feed, and how often its memories could answer; structural, for tests and services. */
export interface ViewedMemory {
  readonly view: {
    age(): number
    readonly counts: { readonly records: number; readonly failures: number }
  } | null
  readonly recalledSessions: {
    readonly counts: {
      readonly remembered: number
      readonly unknown: number
      readonly stale: number
    }
  } | null
}

/** What is measured where checks may be answered from memory; nothing elsewhere. */
export function createViewMetrics(
  registry: Registry,
  { view, recalledSessions }: ViewedMemory,
): void {
  if (!view || !recalledSessions) return
  const registers = [registry]
  new Gauge({
    name: 'sojourn_view_age_seconds',
    help: 'How old the view is that bounded checks are answered from; beyond the bound they are not.',
    registers,
    collect() {
      this.set(view.age() / 1000)
    },
  })
  counterOf('sojourn_feed_records_total', 'Records of the feed that were followed.', {
    registers,
    read: () => view.counts.records,
  })
  counterOf('sojourn_feed_failures_total', 'Looks at the feed that failed.', {
    registers,
    read: () => view.counts.failures,
  })
  new Counter({
    name: 'sojourn_bounded_checks_total',
    help: 'Looks into memory for bounded checks, by what was there: "unknown" and "stale" went to the database.',
    labelNames: ['answer'],
    registers,
    collect() {
      this.reset()
      for (const [answer, count] of Object.entries(recalledSessions.counts))
        this.inc({ answer }, count)
    },
  })
}

function counterOf(
  name: string,
  help: string,
  { registers, read }: { readonly registers: Registry[]; readonly read: () => number },
): void {
  new Counter({
    name,
    help,
    registers,
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}
