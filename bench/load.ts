/** What a side did under load. */
export interface Load {
  readonly perSecond: number
  readonly p99: number
  readonly count: number
}

/** Does one thing from beginning to end, as one of the workers, or throws. */
export type Step = (worker: number) => Promise<void>

/** As many at once as there are connections. */
export const WORKERS = 64

/** Repeats a step on all workers for so many seconds; latencies are in milliseconds. */
export async function load(step: Step, seconds: number, workers = WORKERS): Promise<Load> {
  const latencies: number[] = []
  const started = performance.now()
  const deadline = started + seconds * 1000

  async function work(worker: number): Promise<void> {
    for (let from = performance.now(); from < deadline; ) {
      await step(worker)
      const now = performance.now()
      latencies.push(now - from)
      from = now
    }
  }

  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
  const elapsed = (performance.now() - started) / 1000
  const sorted = Float64Array.from(latencies).sort()
  return {
    perSecond: sorted.length / elapsed,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    count: sorted.length,
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}
