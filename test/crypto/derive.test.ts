import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import { deriveKey, hkdfSha256, type KeyUse, type Purpose } from '../../src/crypto/derive.ts'

const SECRET = Buffer.from(Array.from({ length: 32 }, (_, index) => index))
const SALT = '018f6b1e-7c3a-7000-8000-000000000001'

// Computed apart from this code, by a plain HMAC implementation of RFC 5869 in another language.
const GOLDEN: Record<Purpose, string> = {
  'session-token': '09a80d62507584ecfa4775f8ea58a3aa64c153d9f8336b99a1c806df8a64fd9f',
  'refresh-token': '9d0862ef2a7c962e159c25d7f24362c1dd3f73debbdae0ddd6b22d1b6ca4e51c',
  'access-token': '44ef7bd25bd50ac24fd669cef9a487990d9675571066c4bd88d50eb16878a3fc',
  data: 'd91d2e861e70b47c9a22fcea2e40a54cc98e3f9070674b8f1a459e89743b9d04',
  export: 'e64397da16625cd0a7cad6d816a857d9f3c7410a42a923a91751211ac4df8344',
  'login-data': 'eb95e1b6ccba17cbce698b9fa8a4ea61f2b977825d4d89187d6c1b4fc23da92d',
  'server-data': '9f96e5bb6cef8b952ee55901b6a7d832363df88c30c206007b2394796204f91e',
  lookup: '7071a1efb0db136dd71dc3ff2d9ae7be3eccd1f229f3741e60a9505f5cc277c2',
  'token-check': 'e17428bf90437ab4ab5ac562e3ac46f98d7c2c257c805956c5c1dffd9e63afbd',
  'service-token': 'baaab52b39b211b7ff50d4cca484b83386a27ae1f338d8c44e14712be8e889a1',
  cookie: '36f9009024349daeba6b0995cd3ca2fa6f699a19cb0753c6335152a745a3649c',
  root: 'dfcc70d7c6a3444a2e5c67752f3ac727aaca77879ffbaee575a779395afdc233',
  'root-version': '5a3265582ab2328e5ca8a4bb848a02d4dd2340058061b772ed8ea0002f619ac5',
  epoch: '51886c072b82208b66390bc6132bb45f5f13c2cbaba5fb08300eeedc533e07cc',
  audit: '06a4f7ce1c7b44910b7f9b0701d4eef61f221aec033319c01c08981f85b84110',
  'workspace-data': '55646ff0cf1acdc7e0fb19b74a9ae4c60463105e5d4e4acc7655041665e4e9ef',
}

test.describe('deriving a key', () => {
  for (const [purpose, expected] of Object.entries(GOLDEN) as [Purpose, string][])
    test(`gives the golden key for ${purpose}`, () => {
      const key = deriveKey(SECRET, { salt: SALT, incarnation: 'first', purpose })
      expect(key.toString('hex')).toBe(expected)
    })

  test('gives the golden key for a context', () => {
    const context = ['cli', 'payroll']
    const key = deriveKey(SECRET, { salt: SALT, incarnation: 'first', purpose: 'export', context })

    expect(key.toString('hex')).toBe(
      'bcc02cdbcbbd7c30e26a6a7905c14af712c1d33f0c125f4bc2cfbd02e0ae724a',
    )
  })

  test('gives another key for any other use', () => {
    fc.assert(
      fc.property(use, use, (a, b) => {
        const alike = JSON.stringify(a) === JSON.stringify(b)
        expect(deriveKey(SECRET, a).equals(deriveKey(SECRET, b))).toBe(alike)
      }),
    )
  })

  test('takes bytes and text as the same salt', () => {
    const rest = { incarnation: 'first', purpose: 'data' } as const
    const fromText = deriveKey(SECRET, { ...rest, salt: SALT })
    const fromBytes = deriveKey(SECRET, { ...rest, salt: Buffer.from(SALT) })
    expect(fromText).toEqual(fromBytes)
  })

  test('refuses a secret below 256 bits', () => {
    const weak = SECRET.subarray(0, 31)
    const act = () => deriveKey(weak, { salt: SALT, incarnation: 'first', purpose: 'data' })
    expect(act).toThrow(RangeError)
  })
})

// HMAC pads keys with zeros, so two salts that differ in trailing NULs alone are one salt: letters here.
const word = fc.stringMatching(/^[a-c]{0,3}$/)
const use: fc.Arbitrary<KeyUse> = fc.record({
  salt: word,
  incarnation: word,
  purpose: fc.constantFrom<Purpose>('session-token', 'data'),
  context: fc.array(word, { maxLength: 2 }),
})

test.describe('HKDF with SHA-256, RFC 5869 appendix A', () => {
  const bytes = (from: number, to: number) =>
    Buffer.from(Array.from({ length: to - from + 1 }, (_, index) => from + index))

  test('case 1: basic', () => {
    const okm = hkdfSha256(Buffer.alloc(22, 0x0b), bytes(0x00, 0x0c), bytes(0xf0, 0xf9), 42)
    expect(okm.toString('hex')).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    )
  })

  test('case 2: longer inputs and output', () => {
    const okm = hkdfSha256(bytes(0x00, 0x4f), bytes(0x60, 0xaf), bytes(0xb0, 0xff), 82)
    expect(okm.toString('hex')).toBe(
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c' +
        '59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71' +
        'cc30c58179ec3e87c14c01d5c1f3434f1d87',
    )
  })

  test('case 3: zero-length salt and info', () => {
    const okm = hkdfSha256(Buffer.alloc(22, 0x0b), Buffer.alloc(0), Buffer.alloc(0), 42)
    expect(okm.toString('hex')).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    )
  })
})
