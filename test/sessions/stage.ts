import { openDatabase } from '../../src/database/database.ts'
import type { Db } from '../../src/database/transaction.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { QUIET, SMALL } from '../support/database-address.ts'
import { openStatementProxy, type StatementProxy } from '../support/statement-proxy.ts'
import { test as base, type Given, givenOn, type Node, startNode } from '../support/world.ts'

export { expect } from '../support/world.ts'

/** A server whose statements can be held, and whoever ends something, whose statements can be too. */
export interface Stage {
  readonly node: Node
  readonly given: Given
  readonly database: TestDatabase
  readonly proxy: StatementProxy
  readonly ender: { readonly db: Db; readonly proxy: StatementProxy }
}

/** One stage for all tests of a file: each brings people, workspaces and clients of its own. */
export const test = base.extend<object, { stage: Stage }>({
  stage: [
    async ({}, use) => {
      const database = await createTestDatabase()
      const proxy = await openStatementProxy(database.url)
      const enderProxy = await openStatementProxy(database.url)
      const node = await startNode(database, MANY_LOGINS, proxy.url)
      const other = openDatabase({ ...SMALL, url: enderProxy.url }, QUIET)
      const ender = { db: other.db, proxy: enderProxy }
      await use({ node, given: givenOn(node), database, proxy, ender })
      await other.close()
      await node.close()
      await Promise.all([proxy.close(), enderProxy.close()])
      await database.drop()
    },
    { scope: 'worker' },
  ],
})

/** They all come from one address. */
const MANY_LOGINS = 'throttle: { per_address: { points: 100000 } }'

/** Resolves when somebody waits for a lock in the database, or when `unless` has come to its end. */
export async function somebodyWaits(
  { database }: { readonly database: Pick<TestDatabase, 'pool'> },
  unless: Promise<unknown>,
): Promise<void> {
  let isOver = false
  void unless
    .catch(() => undefined)
    .finally(() => {
      isOver = true
    })
  while (!isOver) {
    const { rows } = await database.pool.query(WAITING)
    if (rows.length > 0) return
  }
}

const WAITING = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`

/** Resolves when so many wait for locks in the database. */
export async function someWait({ database }: Stage, count: number): Promise<void> {
  while ((await database.pool.query(WAITING)).rows.length < count);
}

/** A row that is locked until it is let go, so that whoever needs it stops in the midst of a statement. */
export async function holdRow({ database }: Stage, lock: string, values: readonly string[]) {
  const client = await database.pool.connect()
  const query = (text: string, more: readonly string[]) => client.query(text, [...more])
  await client.query('BEGIN')
  await query(lock, values)
  return {
    /** Does something more before it is let go. */
    query,
    release: async () => {
      await client.query('COMMIT')
      client.release()
    },
  }
}
