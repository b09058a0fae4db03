import fc from 'fast-check'
import type pg from 'pg'
import { type Cursor, readCommitted } from '../../src/database/commit-order.ts'
import type { Db } from '../../src/database/transaction.ts'
import { expect, test } from '../support/database.ts'

const INSERT = `INSERT INTO feed_record (kind, subject, at)
  VALUES ($1, '00000000-0000-0000-0000-000000000000', now())`

interface Row extends Cursor {
  readonly kind: string
}

async function kindsAfter(db: Db, after: Cursor | null, limit = 100) {
  const rows = await readCommitted<Row>(db, 'feed_record', after, limit)
  return { kinds: rows.map(({ kind }) => kind), last: rows.at(-1) ?? after }
}

/** Transactions of other tests, on the same server, may hold the newest rows back for a moment. */
test.describe('reading in commit order', () => {
  test('waits for a slow transaction instead of skipping its rows', async ({ database }) => {
    const { db, pool } = database
    const slow = await pool.connect()
    await slow.query('BEGIN')
    await slow.query(INSERT, ['slow'])
    await pool.query(INSERT, ['quick'])

    const meanwhile = await kindsAfter(db, null)
    expect(meanwhile.kinds).toEqual([])
    await slow.query('COMMIT')
    slow.release()

    await expect
      .poll(async () => (await kindsAfter(db, meanwhile.last)).kinds)
      .toEqual(['slow', 'quick'])
  })

  test('goes on after the cursor, page by page', async ({ database: { db, pool } }) => {
    for (const kind of ['a', 'b', 'c']) await pool.query(INSERT, [kind])
    await expect.poll(async () => (await kindsAfter(db, null)).kinds).toHaveLength(3)

    const first = await kindsAfter(db, null, 2)
    const second = await kindsAfter(db, first.last, 2)

    expect([first.kinds, second.kinds]).toEqual([['a', 'b'], ['c']])
    expect((await kindsAfter(db, second.last)).kinds).toEqual([])
  })

  test('never misses and never repeats a row, however transactions overlap', async ({
    database,
  }) => {
    const { db, pool } = database
    const writers = await Promise.all([0, 1, 2].map(() => pool.connect()))
    const step = fc.record({
      writer: fc.nat(2),
      act: fc.constantFrom(
        'write' as const,
        'write' as const,
        'commit' as const,
        'rollback' as const,
      ),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        await pool.query('TRUNCATE feed_record')
        const follower = following(db)
        const committed = await play(writers, steps, follower.read)
        await expect
          .poll(() => follower.read().then(() => follower.seen.length), { intervals: [5] })
          .toBeGreaterThanOrEqual(committed.length)
        expect(follower.seen.toSorted()).toEqual(committed.toSorted())
      }),
      { numRuns: 25 },
    )
    for (const writer of writers) writer.release()
  })
})

function following(db: Db) {
  const seen: string[] = []
  let cursor: Cursor | null = null
  async function read(): Promise<void> {
    const { kinds, last } = await kindsAfter(db, cursor, 3)
    cursor = last
    seen.push(...kinds)
    if (kinds.length > 0) await read()
  }
  return { seen, read }
}

interface Step {
  readonly writer: number
  readonly act: 'write' | 'commit' | 'rollback'
}

/** Plays the steps, reading after each, ends all that is open, and tells what was committed. */
async function play(
  writers: readonly pg.PoolClient[],
  steps: readonly Step[],
  read: () => Promise<void>,
): Promise<string[]> {
  const open: (string[] | null)[] = writers.map(() => null)
  const committed: string[] = []
  let count = 0

  async function end(index: number, how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    await writers[index]?.query(how)
    if (how === 'COMMIT') committed.push(...(open[index] ?? []))
    open[index] = null
  }

  for (const step of steps) {
    if (step.act === 'write') {
      if (!open[step.writer]) await writers[step.writer]?.query('BEGIN')
      const kind = `k${++count}`
      await writers[step.writer]?.query(INSERT, [kind])
      open[step.writer] = [...(open[step.writer] ?? []), kind]
    } else if (open[step.writer])
      await end(step.writer, step.act === 'commit' ? 'COMMIT' : 'ROLLBACK')
    await read()
  }
  for (const index of writers.keys()) if (open[index]) await end(index, 'COMMIT')
  return committed
}
