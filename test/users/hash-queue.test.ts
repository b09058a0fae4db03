import { expect, test } from 'playwright/test'
import { createHashQueue } from '../../src/users/hash-queue.ts'

/** A work that lasts until it is told otherwise. */
function work() {
  let isRunning = false
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const run = () => {
    isRunning = true
    return promise
  }
  return { run, isRunning: () => isRunning, end: resolve, fail: reject }
}

test.describe('the queue of hashes', () => {
  test('runs so many at once, the others in their order', async () => {
    const queued = createHashQueue(2)
    const works = [work(), work(), work(), work()]
    const done = works.map(({ run }) => queued(run))
    const running = () => works.map(({ isRunning }) => isRunning())

    await expect.poll(running).toEqual([true, true, false, false])
    works[1]?.end()
    await expect.poll(running).toEqual([true, true, true, false])
    works[0]?.end()
    await expect.poll(running).toEqual([true, true, true, true])

    for (const { end } of works) end()
    await Promise.all(done)
  })

  test('goes on after a failure', async () => {
    const queued = createHashQueue(1)
    const failing = work()
    const failed = queued(failing.run)
    const next = queued(async () => 'done')

    failing.fail(new Error('no memory'))

    await expect(failed).rejects.toThrow('no memory')
    await expect(next).resolves.toBe('done')
  })

  test('refuses who would stand too far back, and takes others when it is shorter', async () => {
    const queued = createHashQueue(1)
    const first = work()
    const lines = ['a', 'b', 'c', 'd'].flatMap((owner) =>
      Array.from({ length: 25 }, () => queued(async () => 1, owner)),
    )
    const all = [queued(first.run, 'a'), ...lines]

    await expect(queued(async () => 1, 'e')).rejects.toMatchObject({
      code: 'unavailable',
      retryAfter: 2,
    })

    first.end()
    await Promise.all(all)
    await expect(queued(async () => 'done', 'e')).resolves.toBe('done')
  })

  test('gives one owner a part of the places, and everybody a turn', async () => {
    const queued = createHashQueue(1)
    const first = work()
    const order: string[] = []
    const busy = queued(first.run, 'greedy')
    const greedy = Array.from({ length: 25 }, () =>
      queued(async () => order.push('greedy'), 'greedy'),
    )
    await expect(queued(async () => 1, 'greedy')).rejects.toMatchObject({ code: 'unavailable' })
    const other = queued(async () => order.push('other'), 'other')

    first.end()
    await Promise.all([busy, other, ...greedy])

    expect(order.indexOf('other')).toBeLessThanOrEqual(1)
    expect(order).toHaveLength(26)
  })
})
