import type { DeliverDeps } from './deliver.ts'
import { deliverDue } from './deliver-due.ts'
import { createUnderway } from './underway.ts'

export interface Deliveries {
  /** Looks at once for what is due: called after the commit of an end. */
  wake(): void
  /** Claims nothing any more and waits for what is under way. */
  stop(): Promise<void>
}

/** How late what other processes left is seen; one indexed look-up costs less than a connection that listens. */
const POLL = 1_000

/** Sends what is due until it is stopped; as many processes as like may do so at once. */
export function startDeliveries(deps: DeliverDeps): Deliveries {
  const bell = createBell()
  let stopped = false
  const underway = createUnderway((error) => {
    if (error) deps.log.error({ err: error }, 'the outcome of a delivery could not be written')
    bell.ring()
  })

  async function run(): Promise<void> {
    while (!stopped) {
      await deliverDue(deps, underway).catch((error: unknown) =>
        deps.log.error({ err: error }, 'deliveries could not be looked for'),
      )
      await bell.wait(POLL)
    }
    await underway.settled()
  }

  const running = run()
  return {
    wake: bell.ring,
    stop: () => {
      stopped = true
      bell.ring()
      return running
    },
  }
}

interface Bell {
  readonly ring: () => void
  readonly wait: (milliseconds: number) => Promise<void>
}

/** A wait that ends early when somebody rings, also when the ring came just before it. */
function createBell(): Bell {
  let rung = Promise.withResolvers<void>()

  return {
    ring: () => rung.resolve(),
    wait: async (milliseconds) => {
      const timer = setTimeout(() => rung.resolve(), milliseconds)
      await rung.promise
      clearTimeout(timer)
      rung = Promise.withResolvers<void>()
    },
  }
}
