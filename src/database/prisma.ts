import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import type { Transaction } from '@prisma/driver-adapter-utils'
import type pg from 'pg'
import { commit, transactionOver } from './commit.ts'
import { type Prisma, PrismaClient } from './generated/client.ts'

/** Prisma's models, on the pool or inside a transaction. */
export type Models = Prisma.TransactionClient

/** Where the connection of an interactive transaction is found while it is open. */
interface Slot {
  client: pg.PoolClient | null
  opened: boolean
}

export interface PrismaOptions {
  /** Seconds to wait for a connection, and seconds that a transaction may take. */
  readonly maxWait: number
  readonly timeout: number
}

export interface PrismaDatabase {
  readonly models: Models
  /** An interactive transaction, with the very connection that Prisma runs it on. */
  interactive<T>(work: (models: Models, connection: () => pg.PoolClient) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Prisma over our pool; it leaves the pool open when it is closed. */
export function openPrisma(pool: pg.Pool, options: PrismaOptions): PrismaDatabase {
  const slots = new AsyncLocalStorage<Slot>()
  const prisma = new PrismaClient({ adapter: capturing(pool, slots), errorFormat: 'minimal' })
  const limits = { maxWait: options.maxWait * 1000, timeout: options.timeout * 1000 }

  return {
    models: prisma,
    interactive: (work) => {
      const slot: Slot = { client: null, opened: false }
      const run = (models: Models) => work(models, () => connectionOf(slot))
      return slots.run(slot, () => prisma.$transaction(run, limits))
    },
    close: () => prisma.$disconnect(),
  }
}

/**
 * Prisma's adapter for `pg`, which also puts the connection of each interactive transaction into the caller's
 * slot, so that prepared statements run on it and commit with it.
 *
 * The slot is emptied before the last statement is sent: a statement of a transaction that timed out would
 * otherwise run, and commit, on its own or inside somebody else's transaction.
 */
function capturing(pool: pg.Pool, slots: AsyncLocalStorage<Slot>): PrismaPg {
  const factory = new PrismaPg(pool)
  const connect = factory.connect.bind(factory)

  factory.connect = async () => {
    const adapter = await connect()
    const startTransaction = adapter.startTransaction.bind(adapter)
    adapter.startTransaction = async (isolation) => {
      const transaction = await startTransaction(isolation)
      const slot = slots.getStore()
      if (slot && !slot.opened) fill(slot, transaction as unknown as PgTransaction)
      return transaction
    }
    return adapter
  }
  return factory
}

/** The adapter's transaction with what its types hide (@prisma/adapter-pg 7.10 src/pg.ts). */
type PgTransaction = Transaction & { readonly client: pg.PoolClient }

/** Prisma sends the first and the last statement of a transaction through the same door as all others. */
function fill(slot: Slot, transaction: PgTransaction): void {
  slot.client = transaction.client
  slot.opened = true
  const executeRaw = transaction.executeRaw.bind(transaction)
  transaction.executeRaw = async (query) => {
    if (query.sql !== 'COMMIT' && query.sql !== 'ROLLBACK') return executeRaw(query)
    slot.client = null
    if (query.sql === 'ROLLBACK') return executeRaw(query)
    await commit(transaction.client)
    return 0
  }
}

function connectionOf(slot: Slot): pg.PoolClient {
  if (!slot.client) throw transactionOver()
  return slot.client
}
