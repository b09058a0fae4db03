import type { Sql } from '../database/sql.ts'
import { type Db, sqlTransaction } from '../database/transaction.ts'
import type { PendingWrite, RequestState } from './request-state.ts'

/** Writes what a successful request has gathered, in order and in one transaction, or throws. */
export async function flush(db: Db, state: RequestState): Promise<void> {
  const writes = state.writes.splice(0)
  const [first] = writes
  if (!first) return
  if (writes.length === 1 && first.alone) await first.run(db)
  else await sqlTransaction(db, (tx) => runAll(tx, writes))
}

async function runAll(tx: Sql, writes: readonly PendingWrite[]): Promise<void> {
  for (const write of writes) await write.run(tx)
}
