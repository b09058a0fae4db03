import { expect, test } from 'playwright/test'
import { Memory } from '../../src/lib/memory.ts'

function keep(memory: Memory<string>, key: string, ...standsOn: readonly string[]): void {
  memory.keep(key, `value of ${key}`, { standsOn, since: memory.mark() })
}

test.describe('a memory', () => {
  test('forgets what stands on something that changed, and nothing else', () => {
    const memory = new Memory<string>(10)
    keep(memory, 'a', 'a', 'red')
    keep(memory, 'b', 'b', 'red')
    keep(memory, 'c', 'c', 'blue')

    memory.forget(new Set(['red']))

    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([
      undefined,
      undefined,
      'value of c',
    ])
  })

  test('does not keep what was read while something that it stands on changed', () => {
    const memory = new Memory<string>(10)
    const since = memory.mark()
    memory.forget(new Set(['red']))

    memory.keep('a', 'old', { standsOn: ['a', 'red'], since })
    memory.keep('b', 'fresh', { standsOn: ['b', 'blue'], since })

    expect([memory.get('a'), memory.get('b')]).toEqual([undefined, 'fresh'])
  })

  test('does not keep what was read before everything was forgotten', () => {
    const memory = new Memory<string>(10)
    const since = memory.mark()
    memory.forgetAll()
    memory.keep('a', 'old', { standsOn: ['a'], since })
    expect(memory.get('a')).toBeUndefined()
  })

  test('does not keep what was read so long ago that nobody knows what changed since', () => {
    const memory = new Memory<string>(10)
    const since = memory.mark()
    for (let at = 0; at < 300; at += 1) memory.forget(new Set([`other ${at}`]))
    memory.keep('a', 'old', { standsOn: ['a'], since })
    expect(memory.get('a')).toBeUndefined()
  })

  test('does not hold the names of all that ever changed', () => {
    const memory = new Memory<string>(10)
    const since = memory.mark()
    memory.forget(new Set(Array.from({ length: 30_000 }, (_, at) => `other ${at}`)))
    memory.keep('a', 'old', { standsOn: ['a'], since })
    expect(memory.get('a')).toBeUndefined()
    keep(memory, 'a', 'a')
    expect(memory.get('a')).toBe('value of a')
  })

  test('lets the least recently used go first, and holds nothing for it', () => {
    const memory = new Memory<string>(2)
    keep(memory, 'a', 'red')
    keep(memory, 'b', 'red')
    memory.get('a')
    keep(memory, 'c', 'red')

    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([
      'value of a',
      undefined,
      'value of c',
    ])
    memory.forget(new Set(['red']))
    expect(memory.size).toBe(0)
  })

  test('amends the very value that it holds, and no later one', () => {
    const memory = new Memory<string>(2)
    keep(memory, 'a', 'a')
    memory.amend('a', 'value of a', 'used')
    memory.amend('a', 'value of a', 'used twice')
    expect(memory.get('a')).toBe('used')
  })
})
