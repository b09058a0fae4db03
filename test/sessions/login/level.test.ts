import { expect, test } from 'playwright/test'
import { proofWith, reachesLevel } from '../../../src/sessions/login/level.ts'

const AAL1 = 'urn:sojourn:aal1'
const AAL2 = 'urn:sojourn:aal2'

test.describe('a level', () => {
  for (const [proven, asked, reached] of [
    [AAL1, AAL1, true],
    [AAL1, AAL2, false],
    [AAL2, AAL1, true],
    [AAL2, AAL2, true],
    [null, AAL1, false],
    ['urn:example:gold', AAL1, false],
    [AAL2, 'urn:example:gold', false],
    ['urn:example:gold', 'urn:example:gold', false],
  ] as const)
    test(`${proven} ${reached ? 'is enough for' : 'is not'} ${asked}`, () => {
      expect(reachesLevel(proven, asked)).toBe(reached)
    })
})

test.describe('what is proven', () => {
  const VERIFIED = { by: 'passkey', userVerified: true } as const
  const TOUCHED = { by: 'passkey', userVerified: false } as const

  for (const [name, proof, acr, amr] of [
    ['a code after a password', proofWith({ by: 'totp' }, ['pwd']), AAL2, ['pwd', 'otp', 'mfa']],
    [
      'a recovery code after a password',
      proofWith({ by: 'recovery_code' }, ['pwd']),
      AAL2,
      ['pwd', 'recovery', 'mfa'],
    ],
    ['a passkey that knows its owner', proofWith(VERIFIED), AAL2, ['pop', 'user', 'mfa']],
    ['a passkey that was only touched', proofWith(TOUCHED), AAL1, ['pop', 'user']],
    [
      'such a one after a password',
      proofWith(TOUCHED, ['pwd']),
      AAL2,
      ['pwd', 'pop', 'user', 'mfa'],
    ],
    ['a code alone', proofWith({ by: 'totp' }), AAL1, ['otp']],
    [
      'a second code in a login with one',
      proofWith({ by: 'totp' }, ['pwd', 'otp', 'mfa']),
      AAL2,
      ['pwd', 'otp', 'mfa'],
    ],
  ] as const)
    test(`by ${name}`, () => {
      expect(proof).toEqual({ acr, amr })
    })
})
