import type pg from 'pg'
import { commit, transactionOver } from './commit.ts'
import { type DatabaseOptions, openPool, type PoolLog } from './pool.ts'
import { openPrisma, type PrismaDatabase } from './prisma.ts'
import { type Sql, sqlOver } from './sql.ts'
import type { Db } from './transaction.ts'

export interface Database {
  readonly db: Db
  readonly pool: pg.Pool
  /** Waits for what runs, then closes Prisma and the pool. */
  close(): Promise<void>
}

/** The pool and Prisma over it; connects with the first statement. */
export function openDatabase(options: DatabaseOptions, log: PoolLog): Database {
  const pool = openPool(options, log)
  const prisma = openPrisma(pool, {
    // The pool's own queue timeout comes first, so that its refusal is the one that is seen.
    maxWait: options.queueTimeout + 1,
    timeout: options.statementTimeout,
  })

  return {
    db: rootDb(pool, prisma),
    pool,
    close: async () => {
      await prisma.close()
      await pool.end()
    },
  }
}

function rootDb(pool: pg.Pool, prisma: PrismaDatabase): Db {
  return {
    ...sqlOver(() => pool, false),
    prisma: prisma.models,
    begin: (work) =>
      prisma.interactive((models, connection) => {
        const tx: Db = {
          ...sqlOver(connection, true),
          prisma: models,
          begin: (inner) => inner(tx),
          beginSql: (inner) => inner(tx),
        }
        return work(tx)
      }),
    beginSql: (work) => onOneConnection(pool, work),
  }
}

async function onOneConnection<T>(pool: pg.Pool, work: (tx: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let open = true
  const connection = () => {
    if (!open) throw transactionOver()
    return client
  }
  // A connection that dies between two statements says so as an event; the next statement fails by itself.
  const onError = () => undefined
  client.on('error', onError)
  try {
    await client.query('BEGIN')
    const result = await work(sqlOver(connection, true))
    open = false
    await commit(client)
    client.release()
    client.off('error', onError)
    return result
  } catch (error) {
    open = false
    const broken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    )
    client.release(broken)
    client.off('error', onError)
    throw error
  }
}
