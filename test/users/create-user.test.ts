import { createUser, type NewUser } from '../../src/users/create-user.ts'
import { findUser, findUserByExternalId, findUserByUsername } from '../../src/users/find-user.ts'
import { expect, OPERATOR, test } from './fixture.ts'

const ANNA: NewUser = {
  username: 'Anna',
  password: 'correct horse battery staple',
  externalId: 'dir|1',
  profile: {
    name: 'Anna Berg',
    email: 'anna@example.com',
    phoneNumber: '+4930123456',
    address: { street_address: 'Weg 1\nHof', locality: 'Berlin' },
    locale: 'de',
  },
  by: OPERATOR,
}

test.describe('creating a user', () => {
  test('keeps what was given, the name as it is compared', async ({ services }) => {
    const user = await createUser(services, ANNA)

    expect(user).toMatchObject({
      username: 'anna',
      externalId: 'dir|1',
      state: 'active',
      profile: {
        name: 'Anna Berg',
        givenName: null,
        emailVerified: false,
        address: { street_address: 'Weg 1\nHof', locality: 'Berlin' },
      },
    })
    expect(await findUser(services.db, user.id)).toEqual(user)
    expect(await findUserByUsername(services.db, ' ANNA ')).toEqual(user)
    expect(await findUserByExternalId(services.db, 'dir|1')).toEqual(user)
  })

  test('shows the password and its hash to nobody', async ({ services, database }) => {
    const user = await createUser(services, ANNA)

    expect(JSON.stringify(user)).not.toMatch(/correct horse|argon2/)
    const { rows } = await database.pool.query('SELECT * FROM "user"')
    expect(JSON.stringify(rows)).not.toContain('correct horse')
    expect(rows[0].password_hash).toMatch(/^\$argon2id\$/)
  })

  test('is written down with who did it', async ({ services, database }) => {
    const user = await createUser(services, ANNA)

    const { rows } = await database.pool.query('SELECT action, actor_kind, subject_id FROM entry')
    expect(rows).toEqual([{ action: 'user.created', actor_kind: 'operator', subject_id: user.id }])
  })

  test('gives a name once, to one of many at once', async ({ services, other, database }) => {
    const names = ['anna', 'Anna', 'ANNA', 'ａｎｎａ', 'anna ', ' anna']
    const outcomes = await Promise.allSettled(
      names.map((username, at) =>
        createUser(at % 2 ? services : other, { username, by: OPERATOR }),
      ),
    )

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('user_exists')
    }
    const { rows } = await database.pool.query('SELECT 1 FROM entry')
    expect(rows).toHaveLength(1)
  })

  test('gives an external id once', async ({ services }) => {
    await createUser(services, { username: 'anna', externalId: 'dir|1', by: OPERATOR })

    await expect(
      createUser(services, { username: 'ben', externalId: 'dir|1', by: OPERATOR }),
    ).rejects.toMatchObject({ code: 'user_exists' })
  })

  const refused: readonly [string, Partial<NewUser>][] = [
    ['a name with a null byte', { username: 'an\0na' }],
    ['a name with a lone surrogate', { username: 'anna\ud800' }],
    ['a name of a megabyte', { username: 'a'.repeat(1_000_000) }],
    ['a short password', { password: 'hunter2' }],
    ['a password of a megabyte', { password: 'abcdefgh'.repeat(125_000) }],
    ['an empty password', { password: '' }],
    ['an external id with a line break', { externalId: 'a\nb' }],
    ['a full name with a null byte', { profile: { name: 'Anna\0Berg' } }],
    ['an address with a lone surrogate', { profile: { address: { locality: '\udc00' } } }],
    ['an email address that is none', { profile: { email: 'anna' } }],
    ['a phone number that is none', { profile: { phoneNumber: '030/123456' } }],
    ['a member that is not known', { profile: { age: 30 } as object }],
  ]
  for (const [name, change] of refused) {
    test(`refuses ${name}`, async ({ services, database }) => {
      await expect(createUser(services, { ...ANNA, ...change })).rejects.toMatchObject({
        code: 'invalid_request',
      })
      expect((await database.pool.query('SELECT 1 FROM "user"')).rows).toEqual([])
    })
  }
})

test.describe('finding a user', () => {
  test('finds nobody by what cannot be a name', async ({ services }) => {
    expect(await findUserByUsername(services.db, 'an\0na')).toBeNull()
    expect(await findUserByUsername(services.db, '\ud800')).toBeNull()
    expect(await findUserByExternalId(services.db, 'dir\0')).toBeNull()
    expect(await findUserByUsername(services.db, 'nobody')).toBeNull()
  })
})
