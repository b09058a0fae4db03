import { expect, test } from 'playwright/test'
import { mac, sameBytes, truncatedMac } from '../../src/crypto/mac.ts'

const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index))

test.describe('a MAC', () => {
  test('is HMAC-SHA-256 over the encoded fields', () => {
    expect(mac(KEY, ['ab', 7]).toString('hex')).toBe(
      '2bdbd26c8587b9ea7ebcf2ae681cfebfcb527e3126fdea229e9dfd5c21c3f1aa',
    )
  })

  test('is cut from the front', () => {
    expect(truncatedMac(KEY, ['ab', 7], 8).toString('hex')).toBe('2bdbd26c8587b9ea')
  })

  test('tells fields with moved boundaries apart', () => {
    expect(mac(KEY, ['ab', 'c'])).not.toEqual(mac(KEY, ['a', 'bc']))
  })

  for (const bytes of [0, 7, 8.5, 33])
    test(`refuses a length of ${bytes}`, () => {
      expect(() => truncatedMac(KEY, ['ab'], bytes)).toThrow(RangeError)
    })
})

test.describe('comparing bytes', () => {
  test('is true for equal bytes in different views', () => {
    expect(sameBytes(Buffer.from('abc'), new Uint8Array([97, 98, 99]))).toBe(true)
  })

  test('is false for another byte and for another length', () => {
    expect(sameBytes(Buffer.from('abc'), Buffer.from('abd'))).toBe(false)
    expect(sameBytes(Buffer.from('abc'), Buffer.from('abcd'))).toBe(false)
    expect(sameBytes(Buffer.alloc(0), Buffer.from('a'))).toBe(false)
  })
})
