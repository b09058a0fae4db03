import { expect, test } from 'playwright/test'
import { makeSecret, wipe } from '../../src/crypto/secret.ts'

test.describe('a secret', () => {
  test('has 32 bytes and is never the same', () => {
    const made = Array.from({ length: 100 }, () => makeSecret())
    expect(made.every(({ length }) => length === 32)).toBe(true)
    expect(new Set(made.map(String)).size).toBe(100)
  })

  test('is nothing but zeros after a wipe', () => {
    const secret = makeSecret()
    wipe(secret)
    expect(secret).toEqual(Buffer.alloc(32))
  })
})
