import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { expect, test } from 'playwright/test'
import { rawSignature } from '../../src/crypto/ecdsa.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** A DER sequence of two integers as they are given. */
function der(r: string, s: string): Buffer {
  const integers = [r, s].map((hex) => {
    const bytes = Buffer.from(hex, 'hex')
    return Buffer.concat([Buffer.from([0x02, bytes.length]), bytes])
  })
  const body = Buffer.concat(integers)
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

test.describe('an ECDSA signature', () => {
  test('verifies in the form that JOSE wants', () => {
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
    // So many that r and s are short and long in all combinations.
    for (let time = 0; time < 1_000; time += 1) {
      const data = Buffer.from(`message ${time}`)
      const raw = rawSignature(sign('sha256', data, privateKey))
      expect(raw).toHaveLength(64)
      expect(verify('sha256', data, key, raw)).toBe(true)
    }
  })

  test('keeps short numbers to the right', () => {
    expect(rawSignature(der('01', '7f02')).toString('hex')).toBe(
      `${'00'.repeat(31)}01${'00'.repeat(30)}7f02`,
    )
  })

  test('loses the zero that only says that a number is positive', () => {
    const large = 'ff'.repeat(32)
    expect(rawSignature(der(`00${large}`, '05')).toString('hex')).toBe(
      `${large}${'00'.repeat(31)}05`,
    )
  })

  test('is refused in any other form', () => {
    const good = der('01', '02')
    for (const bad of [
      Buffer.alloc(0),
      good.subarray(0, -1),
      Buffer.concat([good, Buffer.from([0])]),
      der('01', ''),
      der('11'.repeat(33), '02'),
      Buffer.from(good).fill(0x31, 0, 1),
      Buffer.from(good).fill(0x03, 2, 3),
    ])
      expect(() => rawSignature(bad), bad.toString('hex')).toThrow('no DER')
  })
})
