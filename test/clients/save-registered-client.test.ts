import { createClient } from '../../src/clients/create-client.ts'
import { disableClient } from '../../src/clients/disable-client.ts'
import { findClient } from '../../src/clients/find-client.ts'
import { saveRegisteredClient } from '../../src/clients/save-registered-client.ts'
import { isClientSecret } from '../../src/clients/secrets.ts'
import { expect, OPERATOR, PUBLIC, test, WEB } from './fixture.ts'

const SECRET = 'of 256 random bits, made by the provider'
const APP = { clientId: 'app', metadata: { ...WEB, client_id: 'app' }, secret: SECRET }

test.describe('a client that registered itself', () => {
  test('is kept without its secret', async ({ deps, database }) => {
    const metadata = { ...APP.metadata, client_secret: SECRET, default_acr_values: ['x'] }

    const client = await saveRegisteredClient(deps, { ...APP, metadata })

    expect(client).toMatchObject({ clientId: 'app', selfRegistered: true, pkceExempt: false })
    expect(client.metadata).toEqual({ ...WEB, default_acr_values: ['x'] })
    expect(isClientSecret(deps.serverKeys, client, SECRET)).toBe(true)
    const { rows } = await database.pool.query('SELECT c::text AS row FROM client c')
    expect(rows[0].row).not.toContain(SECRET)
  })

  test('changes what it said of itself and keeps its secret', async ({ deps, database }) => {
    const first = await saveRegisteredClient(deps, APP)
    const metadata = { ...WEB, client_name: 'App' }

    const changed = await saveRegisteredClient(deps, { ...APP, metadata, secret: null })

    expect(changed).toMatchObject({ id: first.id, metadata })
    expect(isClientSecret(deps.serverKeys, changed, SECRET)).toBe(true)
    const { rows } = await database.pool.query('SELECT action FROM entry ORDER BY seq')
    expect(rows).toEqual([
      { action: 'client.registered' },
      { action: 'client.registration_changed' },
    ])
  })

  test('loses the secret when it becomes public', async ({ deps }) => {
    await saveRegisteredClient(deps, APP)

    const changed = await saveRegisteredClient(deps, { ...APP, metadata: PUBLIC, secret: null })

    expect(changed.secretHash).toBeNull()
    await expect(
      saveRegisteredClient(deps, { ...APP, metadata: WEB, secret: null }),
    ).rejects.toMatchObject({ code: 'invalid_request' })
    expect((await findClient(deps.db, 'app'))?.metadata).toEqual(PUBLIC)
  })

  test('never takes the place of an operator’s client', async ({ deps }) => {
    const { client } = await createClient(deps, { clientId: 'app', metadata: WEB, by: OPERATOR })

    await expect(saveRegisteredClient(deps, APP)).rejects.toMatchObject({ code: 'client_exists' })
    expect(await findClient(deps.db, 'app')).toEqual(client)
  })

  test('does not come back by itself when it was disabled', async ({ deps }) => {
    const { id } = await saveRegisteredClient(deps, APP)
    await disableClient(deps.db, id, OPERATOR)

    await expect(saveRegisteredClient(deps, APP)).rejects.toMatchObject({ code: 'client_exists' })
    expect(await findClient(deps.db, 'app')).toBeNull()
  })

  for (const [name, metadata] of [
    ['a redirect in the clear', { redirect_uris: ['http://app.example.com/cb'] }],
    ['a private key', { ...WEB, jwks: { keys: [{ kty: 'RSA', d: 'd' }] } }],
    ['a script for a logo', { ...WEB, logo_uri: 'javascript:alert(1)' }],
  ] as const) {
    test(`is refused with ${name}`, async ({ deps }) => {
      await expect(saveRegisteredClient(deps, { ...APP, metadata })).rejects.toMatchObject({
        code: 'invalid_request',
      })
    })
  }
})
