import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, json, test } from './fixture.ts'
import { runCommand } from './running.ts'

test.describe('client create', () => {
  test('shows a secret once, which is stored nowhere', async ({ sojourn, database }) => {
    const made = json(
      await sojourn(
        'client create --id notes --name Notes --redirect-uri https://notes.example/cb --grant authorization_code --grant refresh_token --json',
      ),
    )
    expect(made).toMatchObject({
      client_id: 'notes',
      client_secret: expect.stringMatching(/^scs_[\w-]{43}$/),
    })
    expect(made.metadata.grant_types).toEqual(['authorization_code', 'refresh_token'])
    const { rows } = await database.pool.query(
      'SELECT row_to_json(client)::text AS row FROM client',
    )
    expect(rows[0].row).not.toContain(made.client_secret)
  })

  test('makes a public one without a secret', async ({ sojourn }) => {
    const made = json(
      await sojourn(
        'client create --public --native --name App --redirect-uri com.example.app:/cb --json',
      ),
    )
    expect(made.client_secret).toBeUndefined()
    expect(made.metadata.token_endpoint_auth_method).toBe('none')
  })

  test('reads the names of RFC 7591 from a file, and judges all of them', async ({
    sojourn,
    folder,
  }) => {
    const file = join(folder, 'client.json')
    await writeFile(
      file,
      JSON.stringify({ client_name: 'Notes', redirect_uris: ['https://notes.example/cb'] }),
    )
    expect(
      json(await sojourn(`client create --metadata ${file} --json`)).metadata.client_name,
    ).toBe('Notes')
    await writeFile(file, JSON.stringify({ client_name: 'Notes', frobnicate: 1 }))
    const { code, err } = await sojourn(`client create --metadata ${file} --json`)
    expect([code, JSON.parse(err).error]).toEqual([1, 'invalid_request'])
  })
})

test('resource create makes an API known', async ({ sojourn }) => {
  const made = json(
    await sojourn(
      'resource create https://api.example --name API --scope read --scope write --format jwt --json',
    ),
  )
  expect(made).toEqual({
    identifier: 'https://api.example',
    name: 'API',
    scopes: ['read', 'write'],
    token_format: 'jwt',
  })
})

test.describe('client create-token', () => {
  test('makes a token to register with, where registration is allowed', async ({
    database,
    folder,
    sojourn,
  }) => {
    const refused = await sojourn('client create-token --json')
    expect([refused.code, JSON.parse(refused.err).error]).toEqual([1, 'conflict'])

    const env = {
      DATABASE_URL: database.url.reveal(),
      SOJOURN_DATA_FOLDER: folder,
      SOJOURN_REGISTRATION_ENABLED: 'true',
    }
    const made = json(
      await runCommand(['client', 'create-token', '--for', '30m', '--json'], { env }),
    )
    expect(made).toEqual({
      initial_access_token: expect.stringMatching(/^sit_/),
      expires_in: 1_800,
    })
    const { rows } = await database.pool.query(
      'SELECT row_to_json(artifact)::text AS row FROM artifact',
    )
    expect(rows).toHaveLength(1)
    expect(rows[0].row).not.toContain(made.initial_access_token)
    expect((await runCommand(['client', 'create-token', '--for', '2y'], { env })).code).toBe(2)
  })
})
