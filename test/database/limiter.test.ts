import { openDatabase } from '../../src/database/database.ts'
import { createLimiter, purgeLimits } from '../../src/database/limiter.ts'
import { expect, test } from '../support/database.ts'
import { QUIET, SMALL } from '../support/database-address.ts'

const OPTIONS = { keyPrefix: 'login', points: 2, duration: 60 }

test.describe('a limiter', () => {
  test('is shared by all processes on one database', async ({ database }) => {
    const other = openDatabase({ ...SMALL, url: database.url }, QUIET)
    const limiters = [createLimiter(database.pool, OPTIONS), createLimiter(other.pool, OPTIONS)]

    await limiters[0]?.consume('k')
    await limiters[1]?.consume('k')

    await expect(limiters[0]?.consume('k')).rejects.toMatchObject({ consumedPoints: 3 })
    await expect(limiters[1]?.consume('k')).rejects.toMatchObject({ remainingPoints: 0 })
    await expect(limiters[1]?.consume('other')).resolves.toMatchObject({ remainingPoints: 1 })
    await other.close()
  })

  test('counts every one of many at once', async ({ database: { pool } }) => {
    const limiter = createLimiter(pool, { ...OPTIONS, points: 10 })

    const results = await Promise.allSettled(Array.from({ length: 30 }, () => limiter.consume('k')))

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  })

  test('leaves the database alone once it has refused a key', async ({ database: { pool } }) => {
    const limiter = createLimiter(pool, OPTIONS)
    for (let count = 0; count < 3; count += 1) await limiter.consume('k').catch(() => undefined)

    await limiter.consume('k').catch(() => undefined)

    const { rows } = await pool.query("SELECT points FROM rate_limit WHERE key = 'login:k'")
    expect(rows).toEqual([{ points: 3 }])
  })

  test('loses counters whose window is over to the purge, in batches', async ({
    database,
    pass,
  }) => {
    const limiter = createLimiter(database.pool, OPTIONS)
    for (const key of ['a', 'b', 'c']) await limiter.consume(key)
    expect(await purgeLimits(database.db, 2)).toBe(0)

    await pass('61s')

    expect(await purgeLimits(database.db, 2)).toBe(2)
    expect(await purgeLimits(database.db, 2)).toBe(1)
  })
})
