import { createClient } from '../../src/clients/create-client.ts'
import { deleteClient } from '../../src/clients/delete-client.ts'
import { disableClient, enableClient } from '../../src/clients/disable-client.ts'
import { findClient, findClientById } from '../../src/clients/find-client.ts'
import { isClientSecret } from '../../src/clients/secrets.ts'
import { formatId, newId } from '../../src/ids.ts'
import { Redacted } from '../../src/lib/redacted.ts'
import { expect, OPERATOR, PUBLIC, test, WEB } from './fixture.ts'

test.describe('creating a client', () => {
  test('gives a name where none was chosen', async ({ deps }) => {
    const { client } = await createClient(deps, { metadata: WEB, by: OPERATOR })

    expect(client.clientId).toBe(formatId('cli', client.id))
    expect(await findClient(deps.db, client.clientId)).toEqual(client)
  })

  test('shows a secret once and stores only its keyed hash', async ({ deps, database }) => {
    const { client, secret } = await createClient(deps, { metadata: WEB, by: OPERATOR })
    const shown = secret?.reveal() ?? ''

    expect(shown).toMatch(/^scs_[\w-]{43}$/)
    expect(JSON.stringify({ client, secret })).not.toContain(shown)
    expect(isClientSecret(deps.serverKeys, client, shown)).toBe(true)
    for (const other of ['', `${shown}=`, shown.slice(0, -1), 'x'.repeat(1_000_000)])
      expect(isClientSecret(deps.serverKeys, client, other)).toBe(false)
    const { rows } = await database.pool.query('SELECT c::text AS row FROM client c')
    expect(rows[0].row).not.toContain(shown.slice(4))
    expect(rows[0].row).toContain(client.secretHash?.toString('hex'))
  })

  test('takes a secret that was drawn elsewhere, if nobody can guess it', async ({ deps }) => {
    const make = (text: string) =>
      createClient(deps, { metadata: WEB, secret: new Redacted(text), by: OPERATOR })
    const { client } = await make('brought-along-0123456789abcdef-x')

    expect(isClientSecret(deps.serverKeys, client, 'brought-along-0123456789abcdef-x')).toBe(true)
    for (const weak of [
      '',
      'brought-along-0123456789abcdef-',
      `${'x'.repeat(31)} y`,
      'x'.repeat(257),
    ])
      await expect(make(weak)).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('gives a public client no secret, and nothing passes for one', async ({ deps }) => {
    const { client, secret } = await createClient(deps, { metadata: PUBLIC, by: OPERATOR })

    expect(secret).toBeNull()
    expect(isClientSecret(deps.serverKeys, client, '')).toBe(false)
  })

  test('exempts a confidential client from PKCE, and writes it down', async ({
    deps,
    database,
  }) => {
    const { client } = await createClient(deps, {
      clientId: 'legacy',
      metadata: WEB,
      pkceExempt: true,
      by: OPERATOR,
    })

    expect(client.pkceExempt).toBe(true)
    const { rows } = await database.pool.query('SELECT action, subject_id, detail FROM entry')
    expect(rows).toEqual([
      {
        action: 'client.created',
        subject_id: client.id,
        detail: { client_id: 'legacy', pkce_exempt: true },
      },
    ])
  })

  test('never exempts a public one', async ({ deps }) => {
    await expect(
      createClient(deps, { metadata: PUBLIC, pkceExempt: true, by: OPERATOR }),
    ).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('gives a name to one of many at once', async ({ deps }) => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        createClient(deps, { clientId: 'notes', metadata: WEB, by: OPERATOR }),
      ),
    )

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('client_exists')
  })

  test('tells all that is wrong at once, and nothing of what was written', async ({ deps }) => {
    const metadata = { redirect_uris: ['http://hidden.example'], client_secret: 'hidden', x: 1 }

    const refused = await createClient(deps, { metadata, by: OPERATOR }).catch((error) => error)

    expect(refused).toMatchObject({ code: 'invalid_request' })
    expect(refused.message).toContain('client_secret')
    expect(refused.message).not.toContain('hidden')
  })

  for (const clientId of ['cli_mine', 'a b', 'a\0', '', 'x'.repeat(129)]) {
    test(`refuses ${JSON.stringify(clientId.slice(0, 9))} for a name`, async ({ deps }) => {
      await expect(
        createClient(deps, { clientId, metadata: WEB, by: OPERATOR }),
      ).rejects.toMatchObject({ code: 'invalid_request' })
    })
  }

  for (const metadata of [null, 'x', [], 7, { redirect_uris: [null] }, { redirect_uris: 'x' }]) {
    test(`refuses ${JSON.stringify(metadata)} for a description`, async ({ deps }) => {
      await expect(createClient(deps, { metadata, by: OPERATOR })).rejects.toMatchObject({
        code: 'invalid_request',
      })
    })
  }
})

test.describe('a disabled client', () => {
  test('is not found until it is enabled, but by its id', async ({ deps }) => {
    const { client } = await createClient(deps, { metadata: WEB, by: OPERATOR })

    await disableClient(deps.db, client.id, OPERATOR)
    await disableClient(deps.db, client.id, OPERATOR)

    expect(await findClient(deps.db, client.clientId)).toBeNull()
    expect(await findClientById(deps.db, client.id)).toMatchObject({ disabledAt: expect.any(Date) })

    await enableClient(deps.db, client.id, OPERATOR)
    expect(await findClient(deps.db, client.clientId)).toEqual(client)
  })
})

test.describe('a deleted client', () => {
  test('is gone, and its name is free', async ({ deps }) => {
    const input = { clientId: 'notes', metadata: WEB, by: OPERATOR }
    const { client } = await createClient(deps, input)

    await deleteClient(deps.db, client.id, OPERATOR)

    expect(await findClientById(deps.db, client.id)).toBeNull()
    const gone = { code: 'client_not_found' }
    await expect(deleteClient(deps.db, client.id, OPERATOR)).rejects.toMatchObject(gone)
    await expect(disableClient(deps.db, newId(), OPERATOR)).rejects.toMatchObject(gone)
    expect((await createClient(deps, input)).client.id).not.toBe(client.id)
  })
})
