import { randomUUID } from 'node:crypto'
import type { Sql } from '../../src/database/sql.ts'
import { sqlTransaction } from '../../src/database/transaction.ts'
import { readFeed } from '../../src/revocation/feed.ts'
import { expect, test } from '../support/database.ts'

const INSERT = {
  name: 'test_insert_feed_record',
  text: `
    INSERT INTO feed_record (kind, subject, workspace_id, cause, at)
    VALUES ('session.ended', $1, $2, $3, '2026-01-01T00:00:00Z')`,
}

const WORKSPACE = randomUUID()

async function ended(db: Sql, cause: string): Promise<string> {
  const subject = randomUUID()
  await db.execute(INSERT, [subject, WORKSPACE, cause])
  return subject
}

/** A transaction anywhere on the server, other databases included, may hold records back for a moment. */
async function settled(db: Sql, count: number): Promise<void> {
  await expect.poll(() => readFeed(db, null, 10)).toHaveLength(count)
}

test.describe('the feed', () => {
  test('tells what ended', async ({ database: { db } }) => {
    const subject = await ended(db, 'logout')
    await settled(db, 1)
    expect(await readFeed(db, null, 10)).toEqual([
      {
        cursor: { xid: expect.stringMatching(/^\d+$/), id: expect.stringMatching(/^\d+$/) },
        kind: 'session.ended',
        subject,
        workspaceId: WORKSPACE,
        cause: 'logout',
        at: new Date('2026-01-01T00:00:00Z'),
      },
    ])
  })

  test('goes on after the last record that was read', async ({ database: { db } }) => {
    for (const cause of ['one', 'two', 'three']) await ended(db, cause)
    await settled(db, 3)
    const [first, second] = await readFeed(db, null, 2)
    const rest = await readFeed(db, second!.cursor, 10)
    expect([first, second, ...rest].map((record) => record?.cause)).toEqual(['one', 'two', 'three'])
    expect(await readFeed(db, rest[0]!.cursor, 10)).toEqual([])
  })

  test('misses no record of a slower transaction', async ({ database: { db } }) => {
    const slow = Promise.withResolvers<void>()
    const wrote = Promise.withResolvers<void>()
    const slower = sqlTransaction(db, async (tx) => {
      await ended(tx, 'slow')
      wrote.resolve()
      await slow.promise
    })
    await wrote.promise
    await ended(db, 'fast')

    // The fast one has the later number and has committed: a reader of numbers would skip the slow one.
    const before = await readFeed(db, null, 10)
    slow.resolve()
    await slower
    await settled(db, 2)
    const after = await readFeed(db, before.at(-1)?.cursor ?? null, 10)
    expect([...before, ...after].map(({ cause }) => cause)).toEqual(['slow', 'fast'])
  })
})
