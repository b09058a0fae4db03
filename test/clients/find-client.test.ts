import { createClient } from '../../src/clients/create-client.ts'
import { createResource } from '../../src/clients/create-resource.ts'
import { disableClient } from '../../src/clients/disable-client.ts'
import { registryFinder } from '../../src/clients/find-client.ts'
import { statements } from '../../src/database/pool.ts'
import { expect, OPERATOR, test, WEB } from './fixture.ts'

const API = 'https://api.example.com/'

async function statementsDuring(work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const listen = () => {
    count += 1
  }
  statements.subscribe(listen)
  await work().finally(() => statements.unsubscribe(listen))
  return count
}

test.describe('finding a request’s client', () => {
  test('finds client and resource in one statement', async ({ deps }) => {
    const { client } = await createClient(deps, { clientId: 'a', metadata: WEB, by: OPERATOR })
    const description = { identifier: API, name: 'API' }
    const resource = await createResource(deps.db, {
      description,
      clientId: client.id,
      by: OPERATOR,
    })
    const find = registryFinder(deps.db)

    const count = await statementsDuring(async () =>
      expect(await find({ clientId: 'a', resource: API })).toEqual({ client, resource }),
    )

    expect(count).toBe(1)
  })

  test('shares a statement among all that ask at once', async ({ deps }) => {
    await createClient(deps, { clientId: 'a', metadata: WEB, by: OPERATOR })
    await createClient(deps, { clientId: 'b', metadata: WEB, by: OPERATOR })
    const find = registryFinder(deps.db)
    const asked = ['a', 'b', 'nobody', 'a', 'b'].map((clientId) => ({ clientId, resource: null }))

    let found: (string | undefined)[] = []
    const count = await statementsDuring(async () => {
      const entries = await Promise.all(asked.map(find))
      found = entries.map(({ client }) => client?.clientId)
    })

    expect(found).toEqual(['a', 'b', undefined, 'a', 'b'])
    expect(count).toBe(1)
  })

  test('does not find a client that was disabled before it asked', async ({ deps }) => {
    const { client } = await createClient(deps, { clientId: 'a', metadata: WEB, by: OPERATOR })
    const find = registryFinder(deps.db)
    const earlier = find({ clientId: 'a', resource: null })
    await disableClient(deps.db, client.id, OPERATOR)

    expect((await find({ clientId: 'a', resource: null })).client).toBeNull()
    await earlier
  })

  test('gives the same object for as long as nothing has changed', async ({ deps, database }) => {
    await createClient(deps, { clientId: 'a', metadata: WEB, by: OPERATOR })
    const find = registryFinder(deps.db)
    const read = async () => (await find({ clientId: 'a', resource: null })).client
    const first = await read()

    expect(await read()).toBe(first)
    await database.pool.query(`UPDATE client SET metadata = metadata || '{"client_name": "B"}'`)
    const second = await read()
    expect(second).not.toBe(first)
    expect(second?.metadata.client_name).toBe('B')
    expect(await read()).toBe(second)
  })

  test('is not disturbed by what cannot be a name', async ({ deps }) => {
    const { client } = await createClient(deps, { clientId: 'a', metadata: WEB, by: OPERATOR })
    const find = registryFinder(deps.db)
    const nonsense = ['', 'a\0', '\ud800', 'a'.repeat(1_000_000), 'a b']

    const found = await Promise.all([
      ...nonsense.map((text) => find({ clientId: text, resource: text })),
      find({ clientId: 'a', resource: 'https://nobody.example/' }),
    ])

    expect(found.slice(0, -1)).toEqual(nonsense.map(() => ({ client: null, resource: null })))
    expect(found.at(-1)).toEqual({ client, resource: null })
  })
})
