import { expect, json, test } from './fixture.ts'

const PASSWORD = 'a password of many words'

test.describe('people and workspaces', () => {
  test('are made with their memberships', async ({ sojourn, database }) => {
    expect(json(await sojourn('workspace create atelier --name Atelier --json'))).toMatchObject({
      slug: 'atelier',
      id: expect.stringMatching(/^wsp_/),
    })
    const made = await sojourn(
      'user create Ada --password-stdin --name Ada --email ada@example.com --member atelier:editor,viewer --json',
      `${PASSWORD}\n`,
    )
    expect(json(made)).toEqual({ username: 'ada', id: expect.stringMatching(/^usr_/) })
    const { rows } = await database.pool.query(
      'SELECT roles, password_hash FROM membership JOIN "user" ON id = user_id',
    )
    expect(rows).toEqual([
      { roles: ['editor', 'viewer'], password_hash: expect.stringMatching(/^\$argon2id\$/) },
    ])
    const entries = await database.pool.query(
      "SELECT action, actor_kind FROM entry WHERE actor_kind <> 'system' ORDER BY seq",
    )
    expect(entries.rows).toEqual(
      ['workspace.created', 'user.created', 'member.added'].map((action) => ({
        action,
        actor_kind: 'operator',
      })),
    )
  })

  test('are made whole or not at all', async ({ sojourn, database }) => {
    const { code } = await sojourn(
      'user create ada --password-stdin --member nowhere:editor',
      PASSWORD,
    )
    expect(code).toBe(1)
    expect((await database.pool.query('SELECT FROM "user"')).rows).toHaveLength(0)
  })

  test('of one name are refused the second time', async ({ sojourn }) => {
    await sojourn('user create ada --no-password')
    const { code, err } = await sojourn('user create ADA --no-password --json')
    expect([code, JSON.parse(err).error]).toEqual([1, 'user_exists'])
  })

  test('join a workspace later', async ({ sojourn }) => {
    await sojourn('user create ada --no-password')
    await sojourn('workspace create atelier --name Atelier')
    expect(json(await sojourn('workspace add-member atelier ada --role admin --json'))).toEqual({
      workspace: 'atelier',
      username: 'ada',
      roles: ['admin'],
    })
    expect(JSON.parse((await sojourn('workspace add-member atelier bob --json')).err).error).toBe(
      'user_not_found',
    )
  })

  test('have no password from an argument, nor a weak one', async ({ sojourn }) => {
    expect((await sojourn('user create ada --password hunter2')).code).toBe(2)
    expect((await sojourn('user create ada')).code).toBe(2)
    const weak = await sojourn('user create ada --password-stdin --json', 'short')
    expect([weak.code, JSON.parse(weak.err).error]).toEqual([1, 'invalid_request'])
    expect(weak.err).not.toContain('short"')
  })
})
