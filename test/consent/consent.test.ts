import fc from 'fast-check'
import { expect, test } from 'playwright/test'
import {
  type Consent,
  type ConsentedScopes,
  covers,
  partsOf,
  scopesOf,
} from '../../src/consent/consent.ts'
import type { ClientId, ConsentId, UserId, WorkspaceId } from '../../src/ids.ts'

const API = 'https://api.example.com/'
const OTHER = 'https://other.example.com/'
const GIVEN: ConsentedScopes = {
  openid: ['openid', 'email'],
  resources: { [API]: ['read', 'write'], [OTHER]: [] },
}

function consentTo(scopes: ConsentedScopes): Consent {
  return {
    id: '1' as ConsentId,
    userId: '2' as UserId,
    workspaceId: '3' as WorkspaceId,
    clientId: '4' as ClientId,
    scopes,
    grantedAt: new Date('2026-01-01T08:00:00Z'),
  }
}

test.describe('a standing yes', () => {
  const requests: readonly [string, ConsentedScopes, boolean][] = [
    ['the same again', GIVEN, true],
    ['nothing', { openid: [], resources: {} }, true],
    ['less', { openid: ['openid'], resources: { [API]: ['read'] } }, true],
    ['a resource it names, without a scope', { openid: [], resources: { [OTHER]: [] } }, true],
    ['one scope more', { openid: ['openid', 'phone'], resources: {} }, false],
    ['another resource', { openid: [], resources: { 'urn:x': [] } }, false],
    ['one scope of a resource more', { openid: [], resources: { [API]: ['admin'] } }, false],
    ['a scope of one resource at another', { openid: [], resources: { [OTHER]: ['read'] } }, false],
    ['a scope of a resource as one of ours', { openid: ['read'], resources: {} }, false],
    ['one of our scopes at a resource', { openid: [], resources: { [API]: ['email'] } }, false],
    ['a resource as a scope', { openid: [API], resources: {} }, false],
  ]
  for (const [name, requested, covered] of requests) {
    test(`${covered ? 'covers' : 'does not cover'} ${name}`, () => {
      expect(covers(consentTo(GIVEN), requested)).toBe(covered)
    })
  }

  test('that is none covers nothing, not even an empty request', () => {
    expect(covers(null, { openid: [], resources: {} })).toBe(false)
  })

  test('is the same after it was written and read', () => {
    const word = fc.stringMatching(/^[!#-[\]-~]{1,9}$/)
    const scopes = fc.record({
      openid: fc.uniqueArray(word),
      resources: fc.dictionary(fc.webUrl(), fc.uniqueArray(word), { noNullPrototype: true }),
    })
    fc.assert(
      fc.property(scopes, (given) => {
        const read = scopesOf(JSON.parse(JSON.stringify(partsOf(given))))
        expect(read).toEqual({ ...given, openid: [...given.openid].sort() })
        expect(covers(consentTo(read), given)).toBe(true)
      }),
    )
  })
})
