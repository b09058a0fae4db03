import { archiveWorkspace } from '../../src/access/archive-workspace.ts'
import { changePassword } from '../../src/access/change-password.ts'
import { deleteClient } from '../../src/access/delete-client.ts'
import { disableClient } from '../../src/access/disable-client.ts'
import { disableUser } from '../../src/access/disable-user.ts'
import { removeMember } from '../../src/access/remove-member.ts'
import { withdrawConsent } from '../../src/access/withdraw-consent.ts'
import { purge } from '../../src/database/purge.ts'
import { endLogin, endSession, endUser } from '../../src/sessions/ending/end.ts'
import { sweep } from '../../src/sessions/ending/sweep.ts'
import { redeem, refresh, revoke } from '../support/relying-party.ts'
import { type Away, away } from './away.ts'
import { NEW_PASSWORD } from './ending/causes.ts'
import { loginOf } from './place.ts'
import { expect, type Stage, test } from './stage.ts'
import { clientOf, TELL } from './told.ts'

const by = { kind: 'operator' } as const

type Act = (stage: Stage, stay: Away) => Promise<unknown>

const asClient =
  (act: typeof disableClient): Act =>
  async (stage, { visit }) =>
    act(stage.ender, (await clientOf(stage, visit.party)).id, by)

/** What ends an offline session, by the cause that is then on its row. */
const ENDS: readonly (readonly [string, string, Act])[] = [
  ['30 days without a use', 'idle', ({ database }) => database.pass('31d')],
  [
    '90 days whatever happens',
    'absolute',
    async ({ database }, { offline }) => {
      await database.pass('91d')
      const used = 'UPDATE session SET last_seen_at = clock_timestamp() WHERE id = $1'
      await database.pool.query(used, [offline])
    },
  ],
  [
    'an administrator',
    'administrator',
    (stage, { offline }) => endSession(stage.ender, offline, { cause: 'administrator', by }),
  ],
  [
    'a token that is used again',
    'reuse',
    async (_, { visit, token }) => {
      const next = await refresh(visit.party, token)
      await refresh(visit.party, String(next.body.refresh_token))
      await refresh(visit.party, token)
    },
  ],
  ['a revoked token', 'token_revoked', (_, { visit, token }) => revoke(visit.party, token)],
  [
    'a withdrawn consent',
    'consent_withdrawn',
    (stage, { visit }) =>
      withdrawConsent(stage.ender, { id: visit.consentId, userId: visit.user.id, by }),
  ],
  [
    'a person who is disabled',
    'user_disabled',
    (stage, { visit }) => disableUser(stage.ender, visit.user.id, by),
  ],
  [
    'a person who is deleted',
    'user_deleted',
    (stage, { visit }) => endUser(stage.ender, visit.user.id, { cause: 'user_deleted', by }),
  ],
  [
    'a member who is removed',
    'member_removed',
    (stage, { visit }) =>
      removeMember(stage.ender, { workspaceId: visit.workspace.id, userId: visit.user.id, by }),
  ],
  [
    'a workspace that is archived',
    'workspace_archived',
    (stage, { visit }) => archiveWorkspace(stage.ender, visit.workspace.id, by),
  ],
  ['a client that is disabled', 'client_removed', asClient(disableClient)],
]

test.describe('an offline session that ends', () => {
  for (const [how, cause, act] of ENDS)
    test(`by ${how} is told to its client once, long after all tokens`, async ({ stage }) => {
      const stay = await away(stage, TELL)
      await stage.database.pass('20d')
      await purge(stage.ender.db, { endedFor: 30 * 86_400 })

      await act(stage, stay)
      await sweep(stage.ender)
      await endSession(stage.ender, stay.offline, { cause: 'administrator', by })

      expect(await marksOf(stage, stay)).toEqual({ cause, deliveries: 1, entries: 1, records: 1 })
    })

  test('by a code that is used again is told to its client once', async ({ stage }) => {
    const stay = await away(stage, TELL)
    await stage.database.pass('6s')
    const again = () => redeem(stay.visit.party, stay.code.code, stay.code.verifier)
    await Promise.all([again(), again(), again()])
    const once = { cause: 'reuse', deliveries: 1, entries: 1, records: 1 }
    expect(await marksOf(stage, stay)).toEqual(once)
  })

  test('with its client has nobody left to tell', async ({ stage }) => {
    const stay = await away(stage, TELL)
    await asClient(deleteClient)(stage, stay)
    const ended = { cause: 'client_removed', deliveries: 0, entries: 1, records: 1 }
    expect(await marksOf(stage, stay)).toEqual(ended)
  })

  test('leaves the one in the browser alone, and its client untold of it', async ({ stage }) => {
    const stay = await away(stage, TELL)
    await revoke(stay.visit.party, stay.token)
    expect(await toldOf(stage, stay.here)).toBe(0)
    const { url } = await stay.visit.ask({ prompt: 'none' })
    expect(url.searchParams.has('code')).toBe(true)
  })
})

test.describe('an offline session outlives', () => {
  const outlived: readonly (readonly [string, Act])[] = [
    [
      'a logout',
      async (stage, { visit }) =>
        endLogin(stage.ender, await loginOf(visit), { cause: 'logout', by }),
    ],
    [
      'a logout everywhere',
      (stage, { visit }) => endUser(stage.ender, visit.user.id, { cause: 'logout_everywhere', by }),
    ],
    [
      'a new password',
      (stage, { visit }) =>
        changePassword({ ...stage.node.services, ...stage.ender }, visit.user.id, {
          password: NEW_PASSWORD,
          by,
        }),
    ],
    [
      'the end of the session that it was begun in',
      (stage, { here }) => endSession(stage.ender, here, { cause: 'administrator', by }),
    ],
  ]
  for (const [how, act] of outlived)
    test(`${how}, of which its client hears for the browser alone`, async ({ stage }) => {
      const stay = await away(stage, TELL)
      await act(stage, stay)
      await sweep(stage.ender)

      expect(await toldOf(stage, stay.here)).toBe(1)
      expect(await toldOf(stage, stay.offline)).toBe(0)
      expect((await refresh(stay.visit.party, stay.token)).status).toBe(200)
    })
})

test.describe('several ends at once', () => {
  test('leave one trace of an offline session', async ({ stage }) => {
    for (let round = 0; round < 5; round++) {
      const stay = await away(stage, TELL)
      const { offline, visit, token } = stay
      await Promise.all([
        ...[1, 2, 3].map(() => endSession(stage.ender, offline, { cause: 'administrator', by })),
        revoke(visit.party, token),
        endUser(stage.ender, visit.user.id, { cause: 'user_deleted', by }),
        withdrawConsent(stage.ender, { id: visit.consentId, userId: visit.user.id, by }),
      ])
      const { cause: _, ...traces } = await marksOf(stage, stay)
      expect(traces).toEqual({ deliveries: 1, entries: 1, records: 1 })
    }
  })
})

async function toldOf({ database }: Stage, id: string): Promise<number> {
  const text = 'SELECT count(*)::int FROM delivery WHERE session_id = $1'
  return (await database.pool.query<{ count: number }>(text, [id])).rows[0]!.count
}

/** What its end has left. */
async function marksOf({ database }: Stage, { offline }: Away) {
  const { rows } = await database.pool.query<Record<string, unknown>>(MARKS, [offline])
  return rows[0]!
}

const MARKS = `
  SELECT end_cause AS cause,
    (SELECT count(*)::int FROM delivery WHERE session_id = s.id) AS deliveries,
    (SELECT count(*)::int FROM entry
      WHERE action = 'session.ended' AND subject_id = s.id::text) AS entries,
    (SELECT count(*)::int FROM feed_record
      WHERE kind = 'session.ended' AND subject = s.id) AS records
  FROM session s WHERE id = $1`
