import { expect, test } from 'playwright/test'
import { makeRecoveryCode, parseRecoveryCode } from '../../../src/users/factors/recovery-code.ts'

test.describe('a recovery code', () => {
  test('has 100 bits in letters that nobody mixes up', () => {
    const codes = Array.from({ length: 200 }, makeRecoveryCode)
    expect(new Set(codes).size).toBe(200)
    for (const code of codes)
      expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{5}-){3}[0-9a-hjkmnp-tv-z]{5}$/)
    // Each of the twenty places takes each of the 32 letters: none of the bits is a fixed one.
    const letters = codes.map((code) => code.replaceAll('-', ''))
    for (let place = 0; place < 20; place += 1)
      expect(new Set(letters.map((text) => text[place])).size).toBeGreaterThan(24)
  })

  test('is read back from what was made', () => {
    const code = makeRecoveryCode()
    expect(parseRecoveryCode(code)).toBe(code.replaceAll('-', ''))
  })

  test('is read as people write it', () => {
    expect(parseRecoveryCode(' 7K2M0 x9q4p-0A1bc defgh\n')).toBe('7k2m0x9q4p0a1bcdefgh')
    expect(parseRecoveryCode('7k2mO-x9q4p-oaIbc-defgL')).toBe('7k2m0x9q4p0a1bcdefg1')
  })

  for (const typed of [
    '',
    '7k2m0-x9q4p-0a1bc',
    '7k2m0-x9q4p-0a1bc-defgh-1',
    '7k2m0-x9q4p-0a1bc-defgu',
  ])
    test(`is none in "${typed}"`, () => {
      expect(parseRecoveryCode(typed)).toBeNull()
    })
})
