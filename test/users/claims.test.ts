import { expect, test } from 'playwright/test'
import type { UserId } from '../../src/ids.ts'
import { claimsOf } from '../../src/users/claims.ts'
import type { User } from '../../src/users/user.ts'

const EMPTY: User = {
  id: '0192f0c1-2345-7abc-8def-0123456789ab' as UserId,
  username: 'anna',
  externalId: 'dir|1',
  state: 'active',
  profile: {
    name: null,
    givenName: null,
    familyName: null,
    email: null,
    emailVerified: false,
    phoneNumber: null,
    phoneVerified: false,
    address: null,
    locale: null,
  },
  createdAt: new Date('2026-01-01T08:00:00Z'),
  updatedAt: new Date('2026-01-02T08:00:00.999Z'),
}

const FULL: User = {
  ...EMPTY,
  profile: {
    name: 'Anna Berg',
    givenName: 'Anna',
    familyName: 'Berg',
    email: 'anna@example.com',
    emailVerified: true,
    phoneNumber: '+4930123456',
    phoneVerified: false,
    address: { locality: 'Berlin', country: 'DE' },
    locale: 'de-DE',
  },
}

test.describe('the claims of a user (OpenID Connect Core §5.4)', () => {
  test('are none for openid alone', () => {
    expect(claimsOf(FULL, new Set(['openid']))).toEqual({})
  })

  test('of profile', () => {
    expect(claimsOf(FULL, new Set(['openid', 'profile']))).toEqual({
      name: 'Anna Berg',
      given_name: 'Anna',
      family_name: 'Berg',
      preferred_username: 'anna',
      locale: 'de-DE',
      updated_at: 1767340800,
    })
  })

  test('of email, address and phone', () => {
    expect(claimsOf(FULL, new Set(['email', 'address', 'phone']))).toEqual({
      email: 'anna@example.com',
      email_verified: true,
      address: { locality: 'Berlin', country: 'DE' },
      phone_number: '+4930123456',
      phone_number_verified: false,
    })
  })

  test('leave out what is not known', () => {
    expect(claimsOf(EMPTY, new Set(['profile', 'email', 'address', 'phone']))).toEqual({
      preferred_username: 'anna',
      updated_at: 1767340800,
    })
  })
})
