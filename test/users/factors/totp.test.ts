import { expect, test } from 'playwright/test'
import { makeTotpSecret, stepOf, totpAddress, totpText } from '../../../src/users/factors/totp.ts'

const SECRET = Buffer.from('12345678901234567890')

/** RFC 6238 Appendix B for SHA-1, of whose eight digits the last six are ours (RFC 4226 §5.3). */
const VECTORS = [
  { seconds: 59, code: '287082', step: 1 },
  { seconds: 1111111109, code: '081804', step: 37037036 },
  { seconds: 1111111111, code: '050471', step: 37037037 },
  { seconds: 1234567890, code: '005924', step: 41152263 },
  { seconds: 2000000000, code: '279037', step: 66666666 },
  { seconds: 20000000000, code: '353130', step: 666666666 },
] as const

const at = (seconds: number) => new Date(seconds * 1000)

test.describe('the time step of a code', () => {
  for (const { seconds, code, step } of VECTORS)
    test(`is that of RFC 6238 at ${seconds} s`, () => {
      expect(stepOf(SECRET, code, at(seconds))).toBe(step)
    })

  test('is found one step early and one step late, and no further', () => {
    const found = [-60, -31, -30, 0, 30, 59, 60].map((late) =>
      stepOf(SECRET, '005924', at(1234567890 + late)),
    )
    expect(found).toEqual([null, null, 41152263, 41152263, 41152263, 41152263, null])
  })

  test('does not mind how people group digits', () => {
    expect(stepOf(SECRET, ' 005 924 ', at(1234567890))).toBe(41152263)
    expect(stepOf(SECRET, '005-924', at(1234567890))).toBe(41152263)
  })

  for (const typed of ['', '5924', '0059240', '00592４', 'abcdef', '+05924', '1e5924'])
    test(`is none for "${typed}"`, () => {
      expect(stepOf(SECRET, typed, at(1234567890))).toBeNull()
    })

  test('is none for another secret', () => {
    expect(stepOf(Buffer.from('12345678901234567891'), '005924', at(1234567890))).toBeNull()
  })
})

test.describe('a secret', () => {
  test('has 160 bits of its own each time', () => {
    const [one, two] = [makeTotpSecret(), makeTotpSecret()]
    expect(one).toHaveLength(20)
    expect(one.equals(two)).toBe(false)
  })

  test('is told to apps and to people in base 32', () => {
    expect(totpText(SECRET)).toBe('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ')
    const address = new URL(totpAddress(SECRET, { issuer: 'Sojourn (id.example)', account: 'ada' }))
    expect(address.protocol).toBe('otpauth:')
    expect(Object.fromEntries(address.searchParams)).toEqual({
      issuer: 'Sojourn (id.example)',
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
  })
})
