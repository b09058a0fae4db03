import { createHash } from 'node:crypto'
import { expect, test } from 'playwright/test'
import { contextHash } from '../../../src/sessions/context/context-hash.ts'

const KEYS = {
  lookupHash: (purpose: string, value: string) =>
    createHash('sha256').update(`${purpose}/${value}`).digest(),
} as never

const hashed = (value: string, kind: 'address' | 'device' = 'address') =>
  contextHash(KEYS, kind, value).toString('hex')

test.describe('the hash of an address', () => {
  for (const [one, other] of [
    ['203.0.113.77', '::ffff:203.0.113.77'],
    ['2001:db8::1', '2001:DB8:0:0:0:0:0:1'],
  ] as const)
    test(`is one for ${one} and ${other}`, () => {
      expect(hashed(one)).toBe(hashed(other))
    })

  test('differs for another address, and for what is no address', () => {
    const all = ['203.0.113.77', '203.0.113.78', 'nonsense', 'Nonsense'].map((one) => hashed(one))
    expect(new Set(all).size).toBe(4)
  })

  test('is of devices as they are written', () => {
    expect(hashed('203.0.113.77', 'device')).not.toBe(hashed('::ffff:203.0.113.77', 'device'))
  })
})
