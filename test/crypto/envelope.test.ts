import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import {
  open,
  openJson,
  openString,
  seal,
  sealJson,
  sealString,
} from '../../src/crypto/envelope.ts'

const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index))
const AAD = ['sessions', '018f', 3] as const

test.describe('an envelope', () => {
  test('opens what another implementation of AES-256-GCM sealed in this format', () => {
    const sealed = Buffer.from(
      '01000102030405060708090a0b2622a56fa49c4b5ac1cca4c05041e5744f861620e665',
      'hex',
    )
    expect(openString(KEY, sealed, AAD)).toBe('a stay')
  })

  test('gives back every plaintext, the empty one included', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (plaintext) => {
        expect(open(KEY, seal(KEY, plaintext, AAD), AAD)).toEqual(Buffer.from(plaintext))
      }),
    )
  })

  test('costs 29 bytes and never repeats a nonce', () => {
    const sealed = Array.from({ length: 1000 }, () => seal(KEY, Buffer.from('a stay'), AAD))

    expect(sealed.every(({ length }) => length === 6 + 29)).toBe(true)
    expect(new Set(sealed.map((bytes) => bytes.toString('hex', 1, 13))).size).toBe(1000)
  })

  test('does not open when any bit of any byte is flipped', () => {
    const sealed = sealString(KEY, 'a stay', AAD)
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const tampered = Buffer.from(sealed)
      tampered[bit >> 3]! ^= 1 << (bit & 7)
      expect(open(KEY, tampered, AAD), `bit ${bit}`).toBeNull()
    }
  })

  test('does not open when cut or lengthened', () => {
    const sealed = sealString(KEY, 'a stay', AAD)
    for (let length = 0; length < sealed.length; length++)
      expect(open(KEY, sealed.subarray(0, length), AAD), `${length} bytes`).toBeNull()
    expect(open(KEY, Buffer.concat([sealed, Buffer.alloc(1)]), AAD)).toBeNull()
  })

  test('does not open for garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (garbage) => {
        expect(open(KEY, garbage, AAD)).toBeNull()
        expect(open(KEY, Buffer.concat([Buffer.of(1), garbage]), AAD)).toBeNull()
      }),
    )
  })

  for (const [name, aad] of [
    ['swapped fields', ['018f', 'sessions', 3]],
    ['a moved boundary', ['sessions0', '18f', 3]],
    ['a number as text', ['sessions', '018f', '3']],
    ['a field less', ['sessions', '018f']],
    ['a field more', ['sessions', '018f', 3, '']],
    ['none', []],
  ] as const)
    test(`does not open under other fields: ${name}`, () => {
      expect(open(KEY, sealString(KEY, 'a stay', AAD), aad)).toBeNull()
    })

  test('does not open with another key', () => {
    expect(open(Buffer.alloc(32, 7), sealString(KEY, 'a stay', AAD), AAD)).toBeNull()
  })

  test('takes a key of another length for a bug, also when the bytes are malformed', () => {
    const short = KEY.subarray(0, 16)
    expect(() => seal(short, Buffer.alloc(1), AAD)).toThrow()
    expect(() => open(short, sealString(KEY, 'a stay', AAD), AAD)).toThrow()
    expect(() => open(short, Buffer.alloc(0), AAD)).toThrow()
  })

  test('carries text and JSON', () => {
    expect(openString(KEY, sealString(KEY, 'Grüße 🌍', AAD), AAD)).toBe('Grüße 🌍')
    expect(openJson(KEY, sealJson(KEY, { a: [1, null] }, AAD), AAD)).toEqual({ a: [1, null] })
    expect(openJson(KEY, Buffer.alloc(40), AAD)).toBeNull()
  })
})
