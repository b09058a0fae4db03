import type pg from 'pg'
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
      prisma.interactive(async (models, connection) => {
        const tx: Db = {
          ...sqlOver(connection, true),
          prisma: models,
          begin: (inner) => inner(tx),
          beginSql: (inner) => inner(tx),
        }
        const result = await work(tx)
        mustCommit(connection())
        return result
      }),
    beginSql: (work) => onOneConnection(pool, work),
  }
}

async function onOneConnection<T>(pool: pg.Pool, work: (tx: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let open = true
  const connection = () => {
    if (!open) throw new Error('the transaction is over')
    return client
  }
  // A connection that dies between two statements says so as an event; the next statement fails by itself.
  const onError = () => undefined
  client.on('error', onError)
  try {
    await client.query('BEGIN')
    const result = await work(sqlOver(connection, true))
    open = false
    mustCommit(client)
    await client.query('COMMIT')
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

/** PostgreSQL answers COMMIT after an ignored error with a rollback, and without an error. */
function mustCommit(client: pg.ClientBase): void {
  if (client.getTransactionStatus() === 'E') {
    throw new Error('a statement of this transaction failed, and the failure was ignored')
  }
}
