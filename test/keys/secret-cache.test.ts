import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'playwright/test'
import { derivedOnce, SecretCache } from '../../src/keys/secret-cache.ts'

const mark = (id: string, byte = 1, owner = 'w') => {
  return { id, owner, wrapped: Buffer.alloc(61, byte) }
}

test.describe('a cache of secrets', () => {
  test('answers only for the same wrapped bytes of the same owner', () => {
    const cache = new SecretCache(10, () => 0)
    const secret = Buffer.alloc(32, 7)
    cache.put(mark('a'), secret)

    expect(cache.get(mark('a'))?.secret).toBe(secret)
    expect(cache.get(mark('a', 2))).toBeNull()
    expect(cache.get(mark('a', 1, 'another'))).toBeNull()
    expect(cache.get(mark('b'))).toBeNull()
  })

  test('is bounded, and lets the least recently used go', () => {
    const cache = new SecretCache(2, () => 0)
    for (const id of ['a', 'b']) cache.put(mark(id), Buffer.alloc(32))
    cache.get(mark('a'))
    cache.put(mark('c'), Buffer.alloc(32))

    expect(cache.size).toBe(2)
    expect(cache.get(mark('a'))).not.toBeNull()
    expect(cache.get(mark('b'))).toBeNull()
  })

  test('replaces an entry without pushing out another', () => {
    const cache = new SecretCache(2, () => 0)
    for (const id of ['a', 'b', 'b']) cache.put(mark(id), Buffer.alloc(32))
    expect(cache.get(mark('a'))).not.toBeNull()
  })

  for (const [name, leave] of [
    ['forgotten', (cache: SecretCache) => cache.forget('a')],
    ['evicted', (cache: SecretCache) => cache.put(mark('b'), Buffer.alloc(32))],
    ['replaced', (cache: SecretCache) => cache.put(mark('a', 2), Buffer.alloc(32))],
  ] as const)
    test(`overwrites secret and derived keys when ${name}, after this turn`, async () => {
      const cache = new SecretCache(1, () => 0)
      const entry = cache.put(mark('a'), Buffer.alloc(32, 7))
      const key = derivedOnce(entry, { salt: 'a', incarnation: 'i', purpose: 'data' })
      const before = Buffer.from(key)

      leave(cache)
      expect(entry.secret).toEqual(Buffer.alloc(32, 7))
      expect(key).toEqual(before)

      await turn()
      expect(entry.secret).not.toEqual(Buffer.alloc(32, 7))
      expect(entry.secret).not.toEqual(Buffer.alloc(32))
      expect(key).not.toEqual(before)
    })

  test('sweeps what was not used for a while', () => {
    let now = 0
    const cache = new SecretCache(10, () => now)
    for (const id of ['a', 'b', 'c']) cache.put(mark(id), Buffer.alloc(32))
    now = 50_000
    cache.get(mark('a'))
    now = 70_000
    cache.sweep(60)

    expect(cache.size).toBe(1)
    expect(cache.get(mark('a'))).not.toBeNull()
  })

  test('derives each key once', () => {
    const entry = new SecretCache(1, () => 0).put(mark('a'), Buffer.alloc(32, 7))
    const use = { salt: 'a', incarnation: 'i' }
    const key = derivedOnce(entry, { ...use, purpose: 'data' })

    expect(derivedOnce(entry, { ...use, purpose: 'data' })).toBe(key)
    expect(derivedOnce(entry, { ...use, purpose: 'access-token' })).not.toEqual(key)
  })
})
