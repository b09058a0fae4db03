import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import { coalesce } from '../../src/database/coalesce.ts'

const OPTIONS = { keyOf: (key: string) => key, maxBatch: 10, maxInFlight: 1 }
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A load whose every statement is answered by hand. */
function byHand() {
  const sent: { keys: readonly string[]; answer: (value: number) => void }[] = []
  const load = (keys: readonly string[]) =>
    new Promise<ReadonlyMap<string, number>>((resolve) => {
      sent.push({ keys, answer: (value) => resolve(new Map(keys.map((key) => [key, value]))) })
    })
  return { sent, load }
}

test.describe('coalesced calls', () => {
  test('of one turn share a statement, and each key is asked for once', async () => {
    const { sent, load } = byHand()
    const read = coalesce(load, OPTIONS)

    const calls = [read('a'), read('b'), read('a')]
    await turn()
    await turn()
    sent[0]?.answer(1)

    expect(await Promise.all(calls)).toEqual([1, 1, 1])
    expect(sent.map(({ keys }) => keys)).toEqual([['a', 'b']])
  })

  test('never join a statement that was sent, even for the same key', async () => {
    const { sent, load } = byHand()
    const read = coalesce(load, OPTIONS)

    const early = read('a')
    await turn()
    await turn()
    expect(sent).toHaveLength(1)
    const late = read('a')
    sent[0]?.answer(1)

    expect(await early).toBe(1)
    await turn()
    await turn()
    sent[1]?.answer(2)
    expect(await late).toBe(2)
  })

  test('wait together while as many statements are under way as may be', async () => {
    const { sent, load } = byHand()
    const read = coalesce(load, { ...OPTIONS, maxInFlight: 2 })

    const calls: Promise<unknown>[] = []
    for (const key of ['a', 'b', 'c', 'd']) {
      calls.push(read(key))
      await turn()
      await turn()
    }
    expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['b']])

    sent[0]?.answer(1)
    await turn()
    await turn()
    expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['b'], ['c', 'd']])
    sent[1]?.answer(2)
    sent[2]?.answer(3)
    expect(await Promise.all(calls)).toEqual([1, 2, 3, 3])
  })

  test('split what is more than a batch', async () => {
    const sizes: number[] = []
    const load = async (keys: readonly string[]) => {
      sizes.push(keys.length)
      return new Map<string, string>()
    }
    const read = coalesce(load, { ...OPTIONS, maxBatch: 2 })

    const values = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => read(key)))

    expect(values).toEqual([undefined, undefined, undefined, undefined, undefined])
    expect(sizes).toEqual([2, 2, 1])
  })

  test('fail together, and the next ones are served', async () => {
    let fail = true
    const load = async (keys: readonly string[]) => {
      if (fail) throw new RangeError('down')
      return new Map(keys.map((key) => [key, 1]))
    }
    const read = coalesce(load, OPTIONS)

    const results = await Promise.allSettled([read('a'), read('b')])
    fail = false

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await read('a')).toBe(1)
  })

  test('also fail when the load throws before it returns a promise', async () => {
    const read = coalesce<string, number>(() => {
      throw new RangeError('no')
    }, OPTIONS)

    await expect(read('a')).rejects.toThrow(RangeError)
  })

  test('never see less than what was committed when they began', async () => {
    const step = fc.oneof(
      fc.constant({ kind: 'commit' as const }),
      fc.constant({ kind: 'read' as const }),
      fc.constant({ kind: 'turn' as const }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, maxInFlight, maxBatch) => {
          let committed = 0
          const load = async (keys: readonly string[]) => {
            // The snapshot is taken when the statement is sent; the answer comes some turns later.
            const snapshot = committed
            for (let turns = keys.length + 1; turns > 0; turns -= 1) await turn()
            return new Map(keys.map((key) => [key, snapshot]))
          }
          const read = coalesce(load, { ...OPTIONS, maxInFlight, maxBatch })

          const reads: Promise<{ begun: number; seen: number | undefined }>[] = []
          for (const { kind } of steps) {
            if (kind === 'commit') committed += 1
            if (kind === 'turn') await turn()
            if (kind === 'read') {
              const begun = committed
              reads.push(read('a').then((seen) => ({ begun, seen })))
            }
          }

          for (const { begun, seen } of await Promise.all(reads)) {
            expect(seen).toBeGreaterThanOrEqual(begun)
          }
        },
      ),
    )
  })
})
