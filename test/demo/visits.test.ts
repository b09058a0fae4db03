import { expect, test } from 'playwright/test'
import type { Visit } from '../../src/demo/visit.ts'
import { createVisits } from '../../src/demo/visits.ts'

const later = new Date('2026-01-01T20:00:00Z')
const VISIT: Visit = {
  id: 'v1',
  csrf: 'c',
  person: { sub: 'ada', name: '', email: '' },
  workspace: { id: 'w1', slug: 'old-mill', roles: [] },
  sid: 's1',
  tokens: {
    accessToken: 'a',
    refreshToken: 'r',
    idToken: 'i',
    issuedAt: later,
    expiresAt: later,
    sessionExpiresAt: null,
  },
  recent: [],
}

test.describe('the end of a session', () => {
  test('also ends a login that was still under way', () => {
    const visits = createVisits()
    visits.endSessions({ sid: 's1', sub: 'ada' })

    expect(visits.open(VISIT)).toBe(false)
    expect(visits.find('v1')).toBeNull()
    expect(visits.open({ ...VISIT, sid: 's2' })).toBe(true)
  })

  test('is not undone by a refresh that comes later', () => {
    const visits = createVisits()
    visits.open(VISIT)
    visits.endSessions({ sid: 's1', sub: null })

    expect(visits.renew('v1', VISIT.tokens)).toBeNull()
    expect(visits.find('v1')).toBeNull()
    expect(visits.endingOf('v1')).toBe('logged_out_elsewhere')
  })

  test('reaches every browser in it, and nobody else', () => {
    const visits = createVisits()
    visits.open(VISIT)
    visits.open({ ...VISIT, id: 'v2' })
    visits.open({ ...VISIT, id: 'v3', sid: 's2' })
    visits.endSessions({ sid: 's1', sub: null })

    expect(['v1', 'v2', 'v3'].map((id) => visits.find(id)?.id)).toEqual([
      undefined,
      undefined,
      'v3',
    ])
  })
})
