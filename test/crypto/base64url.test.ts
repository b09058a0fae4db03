import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import { decodeStrict, encode } from '../../src/crypto/base64url.ts'

test.describe('strict base64url', () => {
  // RFC 4648 §10, in the alphabet of §5 without padding.
  for (const [plain, text] of [
    ['', ''],
    ['f', 'Zg'],
    ['fo', 'Zm8'],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg'],
    ['fooba', 'Zm9vYmE'],
    ['foobar', 'Zm9vYmFy'],
  ] as const)
    test(`writes and reads "${plain}" as "${text}"`, () => {
      expect(encode(Buffer.from(plain))).toBe(text)
      expect(decodeStrict(text)).toEqual(Buffer.from(plain))
    })

  test('gives back all bytes, also through a view into a larger buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(5), (bytes, from) => {
        const view = bytes.subarray(from)
        expect(decodeStrict(encode(view))).toEqual(Buffer.from(view))
      }),
    )
  })

  for (const [name, text] of [
    ['padding', 'Zg=='],
    ['the other alphabet', '+/8'],
    ['stray trailing bits', 'Zh'],
    ['stray trailing bits after two bytes', 'Zm9'],
    ['a lone last letter', 'Zm9vY'],
    ['whitespace inside', 'Zm 9v'],
    ['a newline at the end', 'Zm9v\n'],
    ['a null byte', 'Zm9v\0'],
    ['a letter outside ASCII', 'Zm9vé'],
  ] as const)
    test(`refuses ${name}`, () => {
      expect(decodeStrict(text)).toBeNull()
    })

  test('has one spelling for each value', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = decodeStrict(text)
        expect(bytes === null || encode(bytes) === text).toBe(true)
      }),
    )
  })
})
