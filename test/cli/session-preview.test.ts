import { formatId, newId } from '../../src/ids.ts'
import type { TestDatabase } from '../support/database.ts'
import { expect, json, test } from './fixture.ts'
import { runCommand } from './running.ts'

const MAX = 'SOJOURN_SESSION_MANAGER_SECURITY_SESSION_POLICIES_MAX_CONCURRENT_SESSIONS'

async function giveSession({ pool }: TestDatabase) {
  const id = newId<'ses'>()
  await pool.query(
    `INSERT INTO session (id, kind, workspace_id, user_id, secret_wrapped, created_at, last_seen_at,
      absolute_end_at, idle_timeout)
    SELECT $1, 'api', w.id, u.id, '\\x00', now(), now(), now() + interval '1 hour', 3600
    FROM workspace w, "user" u`,
    [id],
  )
  return formatId('ses', id)
}

test.describe('session preview', () => {
  test('says whether there is room, and who would leave', async ({ sojourn, database }) => {
    await sojourn('workspace create atelier --name Atelier')
    await sojourn('user create ada --no-password --member atelier:editor')
    const id = await giveSession(database)
    const asked = 'session preview --user ada --workspace atelier --json'
    expect(json(await sojourn(asked))).toEqual({
      outcome: 'admitted',
      would_evict: [],
      reached: null,
    })

    const rules = { concurrent: { perUser: { max: 1, onReaching: 'evict_oldest' } } }
    const say = (said: object) =>
      database.pool.query(
        `INSERT INTO policy (level, subject, rules) SELECT 'workspace', id::text, $1 FROM workspace
        ON CONFLICT (level, subject) DO UPDATE SET rules = EXCLUDED.rules`,
        [JSON.stringify(said)],
      )
    await say(rules)
    expect(json(await sojourn(asked))).toMatchObject({
      outcome: 'admitted',
      would_evict: [{ kind: 'session', id, priority: null }],
    })
    expect((await sojourn('session preview --user ada --workspace atelier')).out).toContain(
      'these would end for it:',
    )
    expect(json(await sojourn('session preview --user ada --json')).outcome).toBe('admitted')

    await say({ concurrent: { perUser: { max: 1, onReaching: 'deny' } } })
    expect(json(await sojourn(asked))).toMatchObject({
      outcome: 'denied',
      reached: { limit: 'per_user', max: 1, count: 1, candidates: [{ id }] },
    })
    const { rows } = await database.pool.query('SELECT ended_at FROM session')
    expect(rows).toEqual([{ ended_at: null }])
  })

  test('of a login counts what the server limits', async ({ sojourn, database, folder }) => {
    await sojourn('workspace create atelier --name Atelier')
    await sojourn('user create ada --no-password --member atelier:editor')
    const id = await giveSession(database)

    const env = { DATABASE_URL: database.url.reveal(), SOJOURN_DATA_FOLDER: folder, [MAX]: '1' }
    const ran = await runCommand(['session', 'preview', '--user', 'ada', '--json'], { env })
    expect(json(ran)).toMatchObject({ would_evict: [{ kind: 'session', id }] })
  })

  test('needs a person who is there, and a member', async ({ sojourn }) => {
    await sojourn('workspace create atelier --name Atelier')
    await sojourn('user create ada --no-password')
    const refusal = async (line: string) => JSON.parse((await sojourn(line)).err).error
    expect(await refusal('session preview --user bob --json')).toBe('user_not_found')
    expect(await refusal('session preview --user ada --workspace atelier --json')).toBe(
      'not_a_member',
    )
  })
})
