import { formatId, newId } from '../../src/ids.ts'
import { expect, json, test } from './fixture.ts'

test.describe('session', () => {
  async function give(
    database: { pool: { query(text: string, values: unknown[]): Promise<unknown> } },
    slug: string,
  ) {
    const id = newId<'ses'>()
    await database.pool.query(
      `INSERT INTO session (id, kind, workspace_id, user_id, secret_wrapped, created_at, last_seen_at, absolute_end_at, idle_timeout)
       SELECT $1, 'offline', w.id, u.id, '\\x00', now(), now(), now() + interval '1 hour', 60
       FROM workspace w, "user" u WHERE w.slug = $2`,
      [id, slug],
    )
    return formatId('ses', id)
  }

  test('list shows what is live, whose it is and until when', async ({ sojourn, database }) => {
    await sojourn('workspace create atelier --name Atelier')
    await sojourn('workspace create borealis --name Borealis')
    await sojourn('user create ada --no-password --member atelier:editor --member borealis')
    const [first, second] = [await give(database, 'atelier'), await give(database, 'borealis')]
    const all = json(await sojourn('session list --json')).sessions
    expect(all.map(({ session_id }: { session_id: string }) => session_id)).toEqual([second, first])
    expect(all[1]).toMatchObject({ kind: 'offline', workspace: 'atelier', holder: 'ada' })
    expect(Date.parse(all[1].expires_at) - Date.parse(all[1].created_at)).toBe(60_000)
    expect(json(await sojourn('session list --workspace atelier --json')).sessions).toHaveLength(1)
    expect(json(await sojourn('session list --user ada --limit 1 --json')).sessions).toHaveLength(1)
    expect(JSON.parse((await sojourn('session list --user bob --json')).err).error).toBe(
      'user_not_found',
    )
    await database.pass('2m')
    expect(json(await sojourn('session list --json')).sessions).toEqual([])
  })

  test('end destroys its key and says who did it', async ({ sojourn, database }) => {
    await sojourn('workspace create atelier --name Atelier')
    await sojourn('user create ada --no-password --member atelier')
    const session = await give(database, 'atelier')
    expect(json(await sojourn(`session end ${session} --json`))).toEqual({
      ended: [session],
      not_live: [],
    })
    expect(json(await sojourn(`session end ${session} --json`))).toEqual({
      ended: [],
      not_live: [session],
    })
    const { rows } = await database.pool.query('SELECT end_cause, secret_wrapped FROM session')
    expect(rows).toEqual([{ end_cause: 'administrator', secret_wrapped: null }])
    const entries = await database.pool.query(
      `SELECT actor_kind FROM entry WHERE action = 'session.ended'`,
    )
    expect(entries.rows).toEqual([{ actor_kind: 'operator' }])
  })

  test('end refuses what is no session', async ({ sojourn }) => {
    const { code, err } = await sojourn('session end ses_nonsense --json')
    expect([code, JSON.parse(err).error]).toEqual([1, 'session_not_found'])
  })
})
