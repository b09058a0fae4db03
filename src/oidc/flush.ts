import type { Sql } from '../database/sql.ts'
import { sqlTransaction } from '../database/transaction.ts'
import type { Arrival } from '../sessions/login/arrival.ts'
import { arrive } from '../sessions/login/arrive.ts'
import type { OidcDeps } from './deps.ts'
import type { PendingWrite, RequestState } from './request-state.ts'

type Deps = Pick<OidcDeps, 'db' | 'keyring'>

/** What a request has read is not so any more; it has written nothing, and is to be answered anew. */
export class Outdated extends Error {}

/** Writes what a successful request has gathered, in order and in one transaction, or throws. */
export async function flush(deps: Deps, state: RequestState): Promise<void> {
  const writes = writesOf(deps, state)
  const [first] = writes
  if (!first) return
  if (writes.length === 1 && first.alone) await first.run(deps.db)
  else await sqlTransaction(deps.db, (tx) => runAll(tx, writes))
}

async function runAll(tx: Sql, writes: readonly PendingWrite[]): Promise<void> {
  for (const write of writes) await write.run(tx)
}

/** A code takes the writes that belong to it into its own statement. */
function writesOf(deps: Deps, state: RequestState): readonly PendingWrite[] {
  const { arriving, code, writes } = state
  if (!arriving || !code) return writes
  const parts = { cookie: null, interaction: null }
  const arrival: Arrival = { ...arriving, code, ...Object.assign(parts, ...writes.map(partOf)) }
  const run = async (db: Sql) => {
    const evicted = await arrive({ ...deps, db }, arrival)
    if (!evicted) throw new Outdated()
    state.evicted = evicted
  }
  return [...writes.filter((write) => !write.part), { alone: !arriving.coming, run }]
}

function partOf({ part }: PendingWrite) {
  return part
}
