import { createClient } from '../../src/clients/create-client.ts'
import { createResource } from '../../src/clients/create-resource.ts'
import { findResource } from '../../src/clients/find-resource.ts'
import { newId } from '../../src/ids.ts'
import { expect, OPERATOR, test, WEB } from './fixture.ts'

const API = { identifier: 'https://api.example.com/', name: 'API' }

test.describe('creating a resource', () => {
  test('is opaque and unsigned unless it is said otherwise', async ({ deps: { db } }) => {
    const resource = await createResource(db, { description: API, by: OPERATOR })

    expect(resource).toMatchObject({ ...API, scopes: [], tokenFormat: 'opaque', alg: null })
    expect(await findResource(db, API.identifier)).toEqual(resource)
  })

  test('keeps scopes, format and who may introspect', async ({ deps }) => {
    const { client } = await createClient(deps, { metadata: WEB, by: OPERATOR })
    const description = {
      ...API,
      scopes: ['read', 'write', 'read'],
      tokenFormat: 'jwt' as const,
      alg: 'RS256' as const,
    }

    await createResource(deps.db, { description, clientId: client.id, by: OPERATOR })

    expect(await findResource(deps.db, API.identifier)).toMatchObject({
      scopes: ['read', 'write'],
      tokenFormat: 'jwt',
      alg: 'RS256',
      clientId: client.id,
    })
  })

  test('is done once for an identifier', async ({ deps: { db } }) => {
    await createResource(db, { description: API, by: OPERATOR })

    await expect(createResource(db, { description: API, by: OPERATOR })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  test('needs the client that it names', async ({ deps: { db } }) => {
    await expect(
      createResource(db, { description: API, clientId: newId(), by: OPERATOR }),
    ).rejects.toMatchObject({ code: 'client_not_found' })
  })

  for (const [name, change] of [
    ['a relative identifier', { identifier: '/api' }],
    ['an identifier with a fragment', { identifier: 'https://api.example.com/#x' }],
    ['an identifier with a null byte', { identifier: 'https://api.example.com/\0' }],
    ['a scope of two words', { scopes: ['read write'] }],
    ['a signature on opaque tokens', { alg: 'ES256' }],
    ['a name with a null byte', { name: 'A\0PI' }],
    ['a member that is not known', { audience: 'x' }],
  ] as const) {
    test(`refuses ${name}`, async ({ deps: { db } }) => {
      const description = { ...API, ...change } as typeof API
      await expect(createResource(db, { description, by: OPERATOR })).rejects.toMatchObject({
        code: 'invalid_request',
      })
    })
  }
})

test('a resource is found letter by letter, and by nothing else', async ({ deps: { db } }) => {
  await createResource(db, { description: API, by: OPERATOR })

  for (const other of ['https://api.example.com', 'HTTPS://api.example.com/', '', 'a\0', '\ud800'])
    expect(await findResource(db, other)).toBeNull()
})
