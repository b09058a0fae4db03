import { newId } from '../../src/ids.ts'
import { createUser } from '../../src/users/create-user.ts'
import { disableUser, enableUser } from '../../src/users/disable-user.ts'
import { findUser } from '../../src/users/find-user.ts'
import { expect, OPERATOR, test } from './fixture.ts'

test.describe('disabling a user', () => {
  test('is written down once, however often it is asked for', async ({ services, database }) => {
    const { id } = await createUser(services, { username: 'anna', by: OPERATOR })

    await Promise.all([1, 2, 3].map(() => disableUser(services.db, id, OPERATOR)))

    expect(await findUser(services.db, id)).toMatchObject({ state: 'disabled' })
    const { rows } = await database.pool.query("SELECT 1 FROM entry WHERE action = 'user.disabled'")
    expect(rows).toHaveLength(1)
  })

  test('can be taken back', async ({ services }) => {
    const { id } = await createUser(services, { username: 'anna', by: OPERATOR })
    await disableUser(services.db, id, OPERATOR)

    await enableUser(services.db, id, OPERATOR)

    expect(await findUser(services.db, id)).toMatchObject({ state: 'active' })
  })

  test('needs a user', async ({ services }) => {
    await expect(disableUser(services.db, newId(), OPERATOR)).rejects.toMatchObject({
      code: 'user_not_found',
    })
  })
})
