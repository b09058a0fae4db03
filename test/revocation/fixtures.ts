import type { DeliverDeps } from '../../src/revocation/deliver.ts'
import { type Deliveries, startDeliveries } from '../../src/revocation/deliveries.ts'
import { test as base } from '../support/database.ts'
import { type Answers, type Listen, type RelyingParty, relyingParty } from './relying-party.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

export { expect } from '../support/database.ts'

interface Fixtures {
  /** A relying party that accepts everything, or answers as it is told. */
  readonly party: (answers?: Answers, listen?: Listen) => Promise<RelyingParty>
  /** Deliveries in this process. */
  readonly start: (deps: DeliverDeps) => Deliveries
  /** Deliveries in a process of their own, on the test's database. */
  readonly worker: () => Promise<WorkerProcess>
}

/** Whatever a test started of these is stopped after it. */
export const test = base.extend<Fixtures>({
  party: async ({}, use) => {
    const parties: RelyingParty[] = []
    await use(async (answers = () => ({ status: 200 }), listen = {}) => {
      const party = await relyingParty(answers, listen)
      parties.push(party)
      return party
    })
    await Promise.all(parties.map((party) => party.close()))
  },
  start: async ({}, use) => {
    const started: Deliveries[] = []
    await use((deps) => {
      const deliveries = startDeliveries(deps)
      started.push(deliveries)
      return deliveries
    })
    await Promise.all(started.map((deliveries) => deliveries.stop()))
  },
  worker: async ({ database }, use) => {
    const workers: WorkerProcess[] = []
    await use(async () => {
      const worker = await startWorker(database)
      workers.push(worker)
      return worker
    })
    await Promise.all(workers.map((worker) => worker.kill()))
  },
})
