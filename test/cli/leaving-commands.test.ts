import { expect, json, test } from './fixture.ts'

const PASSWORD = 'a password of many words'

test.describe('taking access away', () => {
  test.beforeEach(async ({ sojourn }) => {
    await sojourn('workspace create atelier --name Atelier')
    await sojourn('user create ada --password-stdin --member atelier:editor', PASSWORD)
    await sojourn(
      'client create --id wiki --name Wiki --redirect-uri https://wiki.example/ --grant authorization_code',
    )
  })

  test('disables a person', async ({ sojourn, database }) => {
    expect(json(await sojourn('user disable Ada --json'))).toEqual({
      username: 'ada',
      ended_sessions: 0,
    })
    const { rows } = await database.pool.query('SELECT state FROM "user"')
    expect(rows).toEqual([{ state: 'disabled' }])
    expect((await sojourn('user disable nobody')).code).toBe(1)
  })

  test('gives a new password, and never takes one as an argument', async ({
    sojourn,
    database,
  }) => {
    const hash = async () =>
      (await database.pool.query('SELECT password_hash FROM "user"')).rows[0].password_hash
    const before = await hash()
    const { code, out } = await sojourn(
      'user set-password ada --password-stdin',
      'another password of many words',
    )
    expect([code, out.trim()]).toEqual([0, 'ada has a new password; 0 sessions ended'])
    expect(await hash()).not.toBe(before)
    expect((await sojourn('user set-password ada --password-stdin', 'short')).code).toBe(1)
    expect((await sojourn('user set-password ada given-as-argument')).code).toBe(2)
  })

  test('takes a member out, and closes the workspace', async ({ sojourn, database }) => {
    expect(json(await sojourn('workspace remove-member atelier ada --json'))).toEqual({
      workspace: 'atelier',
      username: 'ada',
      ended_sessions: 0,
    })
    expect((await database.pool.query('SELECT FROM membership')).rows).toEqual([])
    expect((await sojourn('workspace archive atelier')).code).toBe(2)
    expect((await sojourn('workspace archive atelier --yes')).code).toBe(0)
    const { rows } = await database.pool.query('SELECT state FROM workspace')
    expect(rows).toEqual([{ state: 'archived' }])
  })

  test('disables a client, and deletes one', async ({ sojourn, database }) => {
    expect(json(await sojourn('client disable wiki --json'))).toEqual({
      client_id: 'wiki',
      ended_grants: 0,
    })
    const disabled = await database.pool.query(
      "SELECT disabled_at IS NOT NULL AS off FROM client WHERE client_id = 'wiki'",
    )
    expect(disabled.rows).toEqual([{ off: true }])
    await sojourn(
      'client create --id other --name Other --redirect-uri https://other.example/ --grant authorization_code',
    )
    await sojourn('client disable other')
    expect((await sojourn('client delete other')).code).toBe(2)
    expect((await sojourn('client delete other --yes')).code).toBe(0)
    const { rows } = await database.pool.query("SELECT FROM client WHERE client_id = 'other'")
    expect(rows).toEqual([])
    const entries = await database.pool.query(
      "SELECT action, actor_kind FROM entry WHERE action LIKE 'client.d%' ORDER BY seq",
    )
    expect(entries.rows).toEqual([
      { action: 'client.disabled', actor_kind: 'operator' },
      { action: 'client.disabled', actor_kind: 'operator' },
      { action: 'client.deleted', actor_kind: 'operator' },
    ])
  })
})
