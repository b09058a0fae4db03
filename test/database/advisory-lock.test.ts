import { tryExclusively } from '../../src/database/advisory-lock.ts'
import { expect, test } from '../support/database.ts'

test.describe('exclusive work', () => {
  test('runs once at a time under one name', async ({ database: { pool } }) => {
    const release = Promise.withResolvers<string>()
    const first = tryExclusively(pool, 'sweep', () => release.promise)
    await expect.poll(() => pool.totalCount - pool.idleCount).toBe(1)
    expect(await tryExclusively(pool, 'purge', async () => 'other')).toEqual({
      held: true,
      result: 'other',
    })
    await expect
      .poll(async () => tryExclusively(pool, 'sweep', async () => 'second'))
      .toEqual({ held: false })
    release.resolve('first')
    expect(await first).toEqual({ held: true, result: 'first' })
    expect(await tryExclusively(pool, 'sweep', async () => 'third')).toEqual({
      held: true,
      result: 'third',
    })
  })

  test('that fails frees its name', async ({ database: { pool } }) => {
    const failing = tryExclusively(pool, 'sweep', () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    const again = () => tryExclusively(pool, 'sweep', async () => 'again')
    // PostgreSQL frees the lock a moment after the connection is gone.
    await expect.poll(again).toEqual({
      held: true,
      result: 'again',
    })
  })
})
