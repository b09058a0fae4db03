import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import { type Field, lengthPrefixed } from '../../src/crypto/fields.ts'

const text = fc.string({ unit: 'binary' })
const field = fc.oneof(text, fc.maxSafeInteger(), fc.uint8Array())

test.describe('encoding fields', () => {
  test('writes lengths before bytes and frames numbers apart', () => {
    const encoded = lengthPrefixed(['ab', '', new Uint8Array([0, 255]), 7, -1, 'é'])

    expect(encoded.toString('hex')).toBe(
      '000000026162' +
        '00000000' +
        '0000000200ff' +
        'ffffffff0000000000000007' +
        'ffffffffffffffffffffffff' +
        '00000002c3a9',
    )
  })

  test('never encodes two lists alike', () => {
    fc.assert(
      fc.property(fc.array(field), fc.array(field), (a, b) => {
        expect(lengthPrefixed(a).equals(lengthPrefixed(b))).toBe(sameFields(a, b))
      }),
    )
  })

  test('never lets bytes cross a boundary', () => {
    fc.assert(
      fc.property(text, text, fc.nat(), (a, b, at) => {
        const joined = [...a, ...b]
        const moved = [joined.slice(0, at).join(''), joined.slice(at).join('')]
        fc.pre(moved[0] !== a)
        expect(lengthPrefixed([a, b])).not.toEqual(lengthPrefixed(moved))
      }),
    )
  })

  test('decodes back to what went in', () => {
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        expect(decode(lengthPrefixed(fields))).toEqual(fields.map(canonical))
      }),
    )
  })

  for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
    test(`refuses the number ${value}`, () => {
      expect(() => lengthPrefixed([value])).toThrow(RangeError)
    })

  for (const value of ['\ud800', 'a\udfff', '\udc00\ud800'])
    test(`refuses the lone surrogate in ${JSON.stringify(value)}`, () => {
      expect(() => lengthPrefixed([value])).toThrow(TypeError)
    })
})

function sameFields(a: readonly Field[], b: readonly Field[]): boolean {
  return JSON.stringify(a.map(canonical)) === JSON.stringify(b.map(canonical))
}

// Written from the format's description, apart from the encoder.
function decode(bytes: Buffer): unknown[] {
  const fields: unknown[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const size = length === 0xffffffff ? 8 : length
    const body = bytes.subarray(at + 4, at + 4 + size)
    fields.push(length === 0xffffffff ? Number(body.readBigInt64BE()) : body.toString('hex'))
    at += 4 + size
  }
  return fields
}

function canonical(value: Field): number | string {
  if (typeof value === 'number') return value === 0 ? 0 : value
  return Buffer.from(value).toString('hex')
}
