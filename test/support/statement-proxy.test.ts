import { type Database, openDatabase } from '../../src/database/database.ts'
import { test as base, expect } from './database.ts'
import { QUIET, SMALL } from './database-address.ts'
import { openStatementProxy, type StatementProxy } from './statement-proxy.ts'

const test = base.extend<{ wire: StatementProxy; through: Database }>({
  wire: async ({ database }, use) => {
    const wire = await openStatementProxy(database.url)
    await use(wire)
    await wire.close()
  },
  through: async ({ wire }, use) => {
    const through = openDatabase({ ...SMALL, url: wire.url }, QUIET)
    await use(through)
    await through.close()
  },
})

const ONE = { name: 'test_one', text: 'SELECT 1' }

test.describe('counting at the wire', () => {
  test('hears each time that a prepared statement runs, and not how a connection is opened', async ({
    wire,
    through: { db },
  }) => {
    const heard = await wire.executed(() => Promise.all([1, 2, 3].map(() => db.query(ONE))))
    const again = await wire.executed(() => db.query(ONE))

    expect(heard).toEqual(Array(3).fill({ ...ONE, isBoundary: false }))
    expect(again).toEqual([{ ...ONE, isBoundary: false }])
  })

  test('tells what begins and ends a transaction from what is done in it', async ({
    wire,
    through: { db },
  }) => {
    const heard = await wire.executed(() => db.beginSql((tx) => tx.query(ONE)))

    expect(heard.map(({ text, isBoundary }) => [text, isBoundary])).toEqual([
      ['BEGIN', true],
      ['SELECT 1', false],
      ['COMMIT', true],
    ])
  })

  test('hears what has no name, and each part of what is sent as one', async ({
    wire,
    through: { db, pool },
  }) => {
    const heard = await wire.executed(async () => {
      await db.prisma.workspace.count()
      await pool.query('SET lock_timeout = 1; SELECT 2')
    })

    expect(heard.map(({ name }) => name)).toEqual([null, null, null])
    expect(heard.map(({ text }) => text.slice(0, 16).trim())).toEqual([
      'SELECT COUNT(*)',
      'SET lock_timeout',
      'SELECT 2',
    ])
  })
})
