import { newId, type UserId } from '../../src/ids.ts'
import { changePassword, hashNewPassword } from '../../src/users/change-password.ts'
import { createUser } from '../../src/users/create-user.ts'
import { expect, OPERATOR, test } from './fixture.ts'

const FRESH = 'another horse, another staple'

test.describe('a new password', () => {
  test('is stored as its hash and written down', async ({ services, database }) => {
    const { id } = await createUser(services, { username: 'anna', by: OPERATOR })
    const by = { kind: 'user', id } as const

    const hash = await hashNewPassword(services, id, FRESH)
    await changePassword(services.db, id, { hash, by })

    const { rows } = await database.pool.query('SELECT password_hash, password_version FROM "user"')
    expect(rows).toEqual([{ password_hash: hash, password_version: 1 }])
    const entries = await database.pool.query(
      "SELECT action, actor_kind, actor_id FROM entry WHERE action <> 'user.created'",
    )
    expect(entries.rows).toEqual([
      { action: 'user.password_changed', actor_kind: 'user', actor_id: id },
    ])
  })

  for (const [name, typed] of [
    ['short', 'hunter2'],
    ['of a megabyte', 'abcdefgh'.repeat(125_000)],
    ['with a null byte', `${FRESH}\0`],
    ['that is the username', 'annabelle-berg-annabelle-berg'],
  ] as const) {
    test(`is not hashed when it is one ${name}`, async ({ services }) => {
      const { id } = await createUser(services, { username: 'annabelle-berg', by: OPERATOR })

      await expect(hashNewPassword(services, id, typed)).rejects.toMatchObject({
        code: 'invalid_request',
      })
    })
  }

  test('needs a user', async ({ services }) => {
    const { id } = await createUser(services, { username: 'anna', by: OPERATOR })
    const hash = await hashNewPassword(services, id, FRESH)
    const nobody: UserId = newId()

    await expect(hashNewPassword(services, nobody, FRESH)).rejects.toMatchObject({
      code: 'user_not_found',
    })
    await expect(changePassword(services.db, nobody, { hash, by: OPERATOR })).rejects.toMatchObject(
      { code: 'user_not_found' },
    )
  })
})
