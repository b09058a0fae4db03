import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import { decodeRootSecret, weaknessOf } from '../../src/config/root-secret.ts'

const HEX = 'abcdef1234567890abcdef1234567890abcdef1234567891abcdef1234567892'

test.describe('the spelling of a root secret', () => {
  test('is hex, base64 or base64url', () => {
    const bytes = createHash('sha256').update('example 3').digest()
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      expect(decodeRootSecret(bytes.toString(encoding))).toEqual(bytes)
    expect(decodeRootSecret(bytes.toString('hex').toUpperCase())).toEqual(bytes)
  })

  test('of hex digits is hex, though base64 has them too', () => {
    expect(decodeRootSecret(HEX)).toHaveLength(32)
  })

  const refused: readonly [string, string][] = [
    ['nothing', ''],
    ['31 bytes of hex', HEX.slice(2)],
    ['31 bytes of base64', Buffer.alloc(31, 7).toString('base64')],
    ['two alphabets', `+_${'A'.repeat(44)}`],
    ['a space', `${HEX} ${HEX}`],
    ['padding in the middle', `${'A'.repeat(22)}==${'A'.repeat(22)}==`],
    ['wrong padding', `${'A'.repeat(44)}=`],
    ['a cut digit', 'A'.repeat(45)],
  ]
  for (const [name, text] of refused) {
    test(`is not ${name}`, () => {
      expect(decodeRootSecret(text)).toBeNull()
    })
  }
})

test.describe('a secret that was not drawn', () => {
  const weak: readonly [string, string][] = [
    ['one byte', '00'.repeat(32)],
    ['few bytes', `${'a1'.repeat(20)}${'b2'.repeat(20)}${'c3'.repeat(20)}`],
    ['a period of bytes', '000102030405060708090a0b0c0d0e0f101112131415'.repeat(2)],
    ['a count', Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0')).join('')],
    ['encoded text', Buffer.from('The quick brown fox jumps over the lazy dog').toString('base64')],
    ['a phrase in one case', 'thisisaverylongpassphrasewithnospaceanddigits1'],
    ['a phrase with dashes', 'correct-horse-battery-staple-correct-horse-stapl'],
    ['a repeated phrase', 'MySecretKey1MySecretKey1MySecretKey1MySecretKey1'],
  ]
  for (const [name, text] of weak) {
    test(`is found out: ${name}`, () => {
      const bytes = decodeRootSecret(text)
      expect(bytes).not.toBeNull()
      expect(weaknessOf(text, bytes!)).not.toBeNull()
    })
  }

  test('is not seen where one was', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('hex', 'base64', 'base64url'), (seed, encoding) => {
        const drawn = createHash('sha256').update(String(seed)).digest()
        const text = drawn.toString(encoding as BufferEncoding)
        expect(weaknessOf(text, decodeRootSecret(text)!)).toBeNull()
      }),
      { numRuns: 2_000 },
    )
  })
})
