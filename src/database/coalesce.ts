import { DomainError } from '../errors.ts'

export interface CoalesceOptions<K> {
  readonly keyOf: (key: K) => string
  readonly maxBatch: number
  /** How many statements may be under way at once; what is asked meanwhile waits and goes together. */
  readonly maxInFlight: number
}

/** Behind a database that does not answer; far more than a healthy one lets come together. */
const MOST_WAITING = 2_000

interface Call<K, V> {
  readonly key: K
  readonly name: string
  readonly resolve: (value: V | undefined) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets calls made at about the same time share one statement.
 *
 * A call joins only a batch that has not been sent, so what it gets was read after it began: whatever was
 * committed before the call, an end above all, is seen by it.
 */
export function coalesce<K, V>(
  load: (keys: readonly K[]) => Promise<ReadonlyMap<string, V>>,
  { keyOf, maxBatch, maxInFlight }: CoalesceOptions<K>,
): (key: K) => Promise<V | undefined> {
  const waiting: Call<K, V>[] = []
  let inFlight = 0
  let scheduled = false

  function schedule(): void {
    if (scheduled || inFlight >= maxInFlight || waiting.length === 0) return
    scheduled = true
    // After the callbacks of this turn, so that requests read in one go share a statement.
    setImmediate(() => {
      scheduled = false
      while (waiting.length > 0 && inFlight < maxInFlight) void send(waiting.splice(0, maxBatch))
    })
  }

  /** Takes a batch that nobody can join any more. */
  async function send(calls: readonly Call<K, V>[]): Promise<void> {
    inFlight += 1
    try {
      const keys = new Map(calls.map(({ key, name }) => [name, key]))
      const values = await load([...keys.values()])
      for (const { name, resolve } of calls) resolve(values.get(name))
    } catch (error) {
      for (const { reject } of calls) reject(error)
    } finally {
      inFlight -= 1
      schedule()
    }
  }

  return (key) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= MOST_WAITING) {
        reject(new DomainError('unavailable', 'too many wait for the database', { retryAfter: 1 }))
        return
      }
      waiting.push({ key, name: keyOf(key), resolve, reject })
      schedule()
    })
}
