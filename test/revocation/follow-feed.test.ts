import { randomUUID } from 'node:crypto'
import { loadIncarnation } from '../../src/keys/incarnation.ts'
import { type FeedView, followFeed } from '../../src/revocation/follow-feed.ts'
import { test as base, expect, type TestDatabase } from '../support/database.ts'

const TELL = `INSERT INTO feed_record (kind, subject, at) VALUES ($1, $2, clock_timestamp())`
const LONG = 600_000

interface Follower {
  readonly view: FeedView
  readonly subjects: string[]
}

const test = base.extend<{ follower: (every?: number) => Promise<Follower> }>({
  follower: async ({ database }, use) => {
    const views: FeedView[] = []
    await use(async (every = 20) => {
      const incarnation = (await loadIncarnation(database.db)) as string
      const view = followFeed({ ...database, incarnation, every })
      views.push(view)
      const subjects: string[] = []
      view.onHeard((heard) => subjects.push(...(heard === 'everything' ? [heard] : heard)))
      await expect.poll(() => view.age()).toBeLessThan(Number.POSITIVE_INFINITY)
      return { view, subjects }
    })
    await Promise.all(views.map((view) => view.close()))
  },
})

async function tell({ pool }: TestDatabase, kind = 'session.changed'): Promise<string> {
  const subject = randomUUID()
  await pool.query(TELL, [kind, subject])
  return subject
}

test.describe('following the feed', () => {
  test('hears each record once, and none from before it began', async ({ database, follower }) => {
    await tell(database)
    const { subjects } = await follower()
    const first = await tell(database)
    await expect.poll(() => subjects).toEqual([first])
    const second = await tell(database)
    await expect.poll(() => subjects).toEqual([first, second])
  })

  test('hears what is committed while a slower transaction is still open, and then that one', async ({
    database,
    follower,
  }) => {
    const { subjects } = await follower()
    const slow = await database.pool.connect()
    const early = randomUUID()
    await slow.query('BEGIN')
    await slow.query(TELL, ['session.changed', early])

    const late = await tell(database)
    await expect.poll(() => subjects).toEqual([late])
    await slow.query('COMMIT')
    slow.release()
    await expect.poll(() => subjects).toEqual([late, early])
  })

  test('is woken by an end, long before its next look', async ({ database, follower }) => {
    const { subjects } = await follower(LONG)
    // The connection for notifications opens at its own time, and has it look when it is there.
    await expect.poll(async () => (await database.pool.query(LISTENERS)).rows[0].count).toBe(1)
    await expect(async () => {
      const subject = await tell(database, 'session.ended')
      await expect.poll(() => subjects, { timeout: 1_000 }).toContain(subject)
    }).toPass()
  })

  test('grows old where it cannot look, and hears all that it missed', async ({
    database,
    follower,
  }) => {
    const { view, subjects } = await follower()
    await database.pool.query('ALTER TABLE feed_record RENAME TO feed_record_away')
    await expect.poll(() => view.age(), { timeout: 20_000 }).toBeGreaterThan(500)
    expect(view.counts.failures).toBeGreaterThan(0)

    await database.pool.query('ALTER TABLE feed_record_away RENAME TO feed_record')
    const missed = await tell(database)
    await expect.poll(() => subjects).toEqual([missed])
    expect(view.age()).toBeLessThan(500)
  })

  test('holds everything to be changed, and knows nothing, in another life of the database', async ({
    database,
    follower,
  }) => {
    const { view, subjects } = await follower()
    await database.pool.query('UPDATE instance SET incarnation = gen_random_uuid()')
    await expect.poll(() => view.age()).toBe(Number.POSITIVE_INFINITY)
    expect(subjects).toContain('everything')
  })

  test('holds everything to be changed where there is more than it can read', async ({
    database,
    follower,
  }) => {
    const { subjects } = await follower()
    await database.pool.query(`INSERT INTO feed_record (kind, subject, at)
      SELECT 'session.changed', gen_random_uuid(), now() FROM generate_series(1, 10001)`)
    // Again and again, while a transaction elsewhere keeps the records from being passed for good.
    await expect.poll(() => [...new Set(subjects)]).toEqual(['everything'])
  })
})

const LISTENERS = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE application_name = 'sojourn-feed' AND datname = current_database() AND query LIKE 'LISTEN%'`
