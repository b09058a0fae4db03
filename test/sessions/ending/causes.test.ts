import { deleteClient } from '../../../src/access/delete-client.ts'
import { disableClient } from '../../../src/access/disable-client.ts'
import { withdrawConsent } from '../../../src/access/withdraw-consent.ts'
import type { EndCause } from '../../../src/sessions/ending/end.ts'
import { revoke } from '../../support/relying-party.ts'
import { expect, type Stage, test } from '../stage.ts'
import { clientOf, type Marks, type Stay, stayOn } from '../told.ts'
import { CAUSES, type Cause, NEW_PASSWORD } from './causes.ts'

/**
 * What each cause ends: the table must name it. What one client may do, and all that there is, have
 * tests of their own.
 */
const REACHES: Readonly<Record<EndCause, 'session or more' | 'grant' | 'all'>> = {
  consent_withdrawn: 'grant',
  client_removed: 'grant',
  token_revoked: 'grant',
  idle: 'session or more',
  absolute: 'session or more',
  administrator: 'session or more',
  reuse: 'session or more',
  drift: 'session or more',
  evicted: 'session or more',
  member_removed: 'session or more',
  workspace_archived: 'session or more',
  left_workspace: 'session or more',
  logout: 'session or more',
  switched_user: 'session or more',
  logout_everywhere: 'session or more',
  password_changed: 'session or more',
  factors_reset: 'session or more',
  user_disabled: 'session or more',
  user_deleted: 'session or more',
  restored: 'all',
}

test('every cause is in the table', () => {
  const ending = Object.entries(REACHES).filter(([, reach]) => reach === 'session or more')
  expect(CAUSES.map(({ cause }) => cause).sort()).toEqual(ending.map(([name]) => name).sort())
})

test.describe('an end', () => {
  for (const one of CAUSES) {
    const { cause, act, silent, undo } = one

    test(`by ${cause} reaches what the table says and tells it once; a login leads back`, async ({
      stage,
    }) => {
      const stay = await stayOn(stage)
      await act(stay)

      expect(await stay.marks()).toEqual(expected(one))
      expect(await stay.silent('A')).toBe(silent.A)
      expect(await stay.silent('B')).toBe(silent.B)

      if (undo === null) return
      await undo?.(stay)
      expect(await stay.silent('A')).toBe('login_required')
      const { page } = await stay.comeBack()
      const { url } = await stay.visit.logIn(
        page,
        cause === 'password_changed' ? NEW_PASSWORD : undefined,
      )
      expect(url.searchParams.has('code')).toBe(true)
      expect(await stay.silent('A')).toBe('code')
    })
  }
})

const KINDS: Readonly<Record<string, string>> = {
  A: 'session',
  'A elsewhere': 'session',
  B: 'session',
  login: 'login',
  'login elsewhere': 'login',
  person: 'user',
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  A: ['told', 'old'],
  'A elsewhere': ['told'],
  B: ['told'],
}

function expected({ cause, ends }: Cause): Marks {
  const audited = ends.filter((name) => KINDS[name])
  const fed = audited.filter((name) => KINDS[name] !== 'login')
  return {
    entries: audited.map((name) => `${KINDS[name]}.ended ${name} ${cause}`).sort(),
    feed: [
      ...fed.map((name) => `${KINDS[name]}.ended ${name} ${cause}`),
      ...(ends.includes('workspace') ? ['workspace.ended workspace '] : []),
    ].sort(),
    deliveries: ends
      .flatMap((name) => (PARTS[name] ?? []).map((part) => `delivery of ${name} ${part}`))
      .sort(),
  }
}

test.describe('an end of what one client may do', () => {
  const by = { kind: 'operator' } as const

  test('by a withdrawn consent leaves the sessions, and asks again there alone', async ({
    stage,
  }) => {
    const stay = await stayOn(stage)
    const { consentId: id } = stay.visit
    await withdrawConsent(stay.services, { id, userId: stay.user.id, by })

    expect(await stay.marks()).toEqual({ entries: [], feed: [], deliveries: [] })
    expect(await grants(stage, stay)).toEqual({ ended: 2, entries: 2, records: 2 })
    expect(await stay.silent('A')).toBe('consent_required')
    expect(await stay.silent('B')).toBe('code')
    expect(await stay.silent('A', stay.old)).toBe('code')

    const { page } = await stay.comeBack()
    const { url } = await stay.visit.press(page, 'Allow')
    expect(url.searchParams.has('code')).toBe(true)
  })

  test('by a revoked token leaves the consent', async ({ stage }) => {
    const stay = await stayOn(stage)
    await revoke(stay.told, stay.refreshToken)

    expect(await stay.marks()).toEqual({ entries: [], feed: [], deliveries: [] })
    expect(await grants(stage, stay)).toEqual({ ended: 0, entries: 1, records: 1 })
    expect(await stay.silent('A')).toBe('code')
  })

  for (const [how, act] of [
    ['disabled', disableClient],
    ['deleted', deleteClient],
  ] as const)
    test(`when it is ${how} reaches all of its grants`, async ({ stage }) => {
      const stay = await stayOn(stage)
      await act(stay.services, (await clientOf(stage, stay.told)).id, by)

      expect(await stay.marks()).toEqual({ entries: [], feed: [], deliveries: [] })
      expect(await grants(stage, stay)).toEqual({ ended: 3, entries: 3, records: 3 })
      expect(await stay.silent('A', stay.old)).toBe('code')
    })
})

/** What has become of the grants of the client that was told. */
async function grants({ database }: Stage, { user }: Stay) {
  const { rows } = await database.pool.query(GRANTS, [user.id])
  return rows[0]
}

const GRANTS = `
  WITH g AS (SELECT g.id, g.ended_at FROM "grant" g JOIN session s ON s.id = g.session_id
    WHERE s.user_id = $1)
  SELECT (SELECT count(*)::int FROM g WHERE ended_at IS NOT NULL) AS ended,
    (SELECT count(*)::int FROM entry JOIN g ON subject_id = g.id::text
      WHERE action = 'grant.ended') AS entries,
    (SELECT count(*)::int FROM feed_record JOIN g ON subject = g.id
      WHERE kind = 'grant.ended') AS records`
