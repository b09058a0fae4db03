import { expect, test } from 'playwright/test'
import type { FamilyId, GrantId, SessionId } from '../../../src/ids.ts'
import { type Family, judge } from '../../../src/sessions/tokens/family.ts'

const rotatedAt = new Date('2026-01-01T12:00:00Z')
const here = Buffer.from('here')
const elsewhere = Buffer.from('elsewhere')

function family(bound: boolean): Family {
  return {
    id: 'f' as FamilyId,
    sessionId: 's' as SessionId,
    grantId: 'g' as GrantId,
    grantEpoch: 0,
    generation: 5,
    rotatedAt,
    rotatedBy: here,
    bound,
  }
}

const within = { now: new Date('2026-01-01T12:00:30Z'), graceSeconds: 30 }
const after = { now: new Date('2026-01-01T12:00:30.001Z'), graceSeconds: 30 }

test.describe('judging a refresh token', () => {
  for (const [name, bound, generation, by, at, verdict] of [
    ['the newest', false, 5, here, after, 'current'],
    ['the newest, from elsewhere', false, 5, elsewhere, after, 'current'],
    ['the predecessor inside the window', false, 4, here, within, 'grace'],
    [
      'the predecessor inside the window, from elsewhere',
      false,
      4,
      elsewhere,
      within,
      'grace_elsewhere',
    ],
    ['the predecessor after the window', false, 4, here, after, 'reuse'],
    ['an older one inside the window', false, 3, here, within, 'reuse'],
    ['the first of all', false, 0, here, within, 'reuse'],
    ['the predecessor of a bound family, long after', true, 4, elsewhere, after, 'grace'],
    ['an older one of a bound family', true, 3, here, within, 'reuse'],
    ['one that was never given out', true, 6, here, within, 'ahead'],
  ] as const) {
    test(`${name}: ${verdict}`, () => {
      expect(judge(family(bound), { generation, by }, at)).toBe(verdict)
    })
  }
})
