import { randomUUID } from 'node:crypto'
import type { RootKeys } from '../crypto/root-key.ts'
import { makeSecret, wipe } from '../crypto/secret.ts'
import type { Sql } from '../database/sql.ts'
import { type Db, sqlTransaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import {
  destroyEpochs,
  type EpochRow,
  insertEpoch,
  lockCurrentEpoch,
  lockUnusedEpochs,
  retireDueEpochs,
  retireEpoch,
} from './epoch-store.ts'
import { wrappedAt } from './wrapped-columns.ts'

interface Deps {
  readonly rootKeys: RootKeys
  /** Seconds after which a workspace gets a new epoch. */
  readonly epochRotation: number
}

const BATCH = 100
const TRIES = 10

/**
 * The epoch that wraps the workspace's new session secrets, held against destruction until the
 * caller's transaction is over; made when there is none, replaced when it is due.
 */
export async function currentEpoch(deps: Deps, tx: Sql, workspaceId: string): Promise<EpochRow> {
  if (!tx.inTransaction) throw new Error('an epoch is held by a transaction')
  const current = await lockCurrentEpoch(tx, workspaceId, deps.epochRotation)
  if (current && !(current.isDue && (await retireEpoch(tx, current.id)))) return current

  // What another one has just added may be retired, or taken back, before we look.
  for (let tries = 0; tries < TRIES; tries++) {
    await addEpoch(deps, tx, workspaceId)
    const added = await lockCurrentEpoch(tx, workspaceId, deps.epochRotation)
    if (added) return added
  }
  throw new DomainError('unavailable', 'no epoch could be made', { retryAfter: 1 })
}

/**
 * Retires what is due and destroys the retired epochs that wrap no live session; resolves to the
 * destroyed ones.
 */
export async function destroyUnusedEpochs(
  db: Db,
  { epochRotation }: Pick<Deps, 'epochRotation'>,
): Promise<readonly string[]> {
  let retired = BATCH
  while (retired === BATCH) retired = await retireDueEpochs(db, epochRotation, BATCH)

  const destroyed: string[] = []
  for (;;) {
    const batch = await sqlTransaction(db, destroyBatch)
    if (batch.length === 0) return destroyed
    destroyed.push(...batch)
  }
}

// Two statements: the second one's snapshot is younger than the lock, so it sees the session of a
// creation that held the epoch until a moment ago.
async function destroyBatch(tx: Sql): Promise<readonly string[]> {
  const ids = await lockUnusedEpochs(tx, BATCH)
  return ids.length === 0 ? [] : destroyEpochs(tx, ids)
}

async function addEpoch({ rootKeys }: Deps, tx: Sql, workspaceId: string): Promise<void> {
  const id = randomUUID()
  const secret = makeSecret()
  const wrapped = await rootKeys.wrap(secret, wrappedAt('epoch_key', id, workspaceId))
  wipe(secret)
  await insertEpoch(tx, { id, workspaceId, wrapped })
}
