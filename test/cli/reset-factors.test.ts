import { expect, json, test } from './fixture.ts'

test.describe('taking factors away', () => {
  test('leaves none and says so', async ({ sojourn, database }) => {
    await sojourn('user create ada --password-stdin', 'a password of many words\n')
    await database.pool.query(
      `INSERT INTO factor (id, user_id, kind, name, added_in, created_at, secret_sealed, last_step)
       SELECT gen_random_uuid(), id, 'totp', 'x', gen_random_uuid(), now(), 'x', 0 FROM "user"`,
    )
    await database.pool.query(
      `INSERT INTO recovery_code (user_id, hash, created_at) SELECT id, 'x', now() FROM "user"`,
    )
    await database.pool.query('UPDATE "user" SET second_factor = true')

    const answer = json(await sojourn('user reset-factors Ada --json'))
    expect(answer).toEqual({ username: 'ada', factors: 1, ended: [] })
    const { rows } = await database.pool.query(
      `SELECT second_factor, ended_before IS NOT NULL AS gated,
        (SELECT count(*)::int FROM factor) + (SELECT count(*)::int FROM recovery_code) AS left
       FROM "user"`,
    )
    expect(rows).toEqual([{ second_factor: false, gated: true, left: 0 }])
    const { rows: entries } = await database.pool.query(
      `SELECT action, actor_kind, detail FROM entry WHERE action LIKE 'factors.%'`,
    )
    expect(entries).toEqual([
      { action: 'factors.reset', actor_kind: 'operator', detail: { count: 1 } },
    ])
  })

  test('may leave the sessions', async ({ sojourn, database }) => {
    await sojourn('user create ada --password-stdin', 'a password of many words\n')
    expect((await sojourn('user reset-factors ada --keep-sessions')).code).toBe(0)
    const { rows } = await database.pool.query('SELECT ended_before FROM "user"')
    expect(rows).toEqual([{ ended_before: null }])
  })

  test('of nobody is refused', async ({ sojourn }) => {
    expect((await sojourn('user reset-factors nobody')).code).toBe(1)
  })
})
