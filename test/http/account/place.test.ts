import { expect, test } from 'playwright/test'
import { presentHere } from '../../../src/http/account/place.ts'
import type { Context } from '../../../src/sessions/context/context.ts'
import type { HeldSession } from '../../../src/sessions/sessions-of-user.ts'
import { FIREFOX, IPHONE } from './person.ts'

const NEWER = FIREFOX.replaceAll('131', '132')
const HOME = { address: '203.0.113.77', userAgent: FIREFOX }

test.describe('where a session began, beside its login', () => {
  const cases: readonly [string, Context, Context, string | null, string | null][] = [
    ['the same place', HOME, HOME, null, null],
    ['another address', HOME, { ...HOME, address: '192.0.2.14' }, '192.0.2.14', null],
    ['another browser', HOME, { ...HOME, userAgent: IPHONE }, null, 'Safari on iPhone'],
    ['a program', HOME, { address: HOME.address }, null, 'An unknown browser'],
    ['the same browser after an update', HOME, { ...HOME, userAgent: NEWER }, null, null],
    ['a place that cannot be told', HOME, {}, null, null],
    ['a login that cannot be told', {}, HOME, '203.0.113.77', null],
  ]
  for (const [name, login, session, openedFrom, openedBy] of cases)
    test(`is told of ${name}`, () => {
      expect(present(login, session)).toMatchObject({ openedFrom, openedBy })
    })
})

function present(ofLogin: Context, ofSession: Context) {
  const at = new Date('2026-01-02T12:00:00Z')
  const id = '019a0000-0000-7000-8000-000000000001'
  const login = { id, createdAt: at, lastSeenAt: at, context: ofLogin }
  const session = { id, loginId: id, createdAt: at, lastSeenAt: at, context: ofSession }
  const sessions = [session as unknown as HeldSession]
  return presentHere(login as never, { sessions, now: at }).sessions[0]
}
