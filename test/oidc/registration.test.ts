import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { issueInitialAccessToken } from '../../src/oidc/issue-initial-access-token.ts'
import { type Party, post, send, signIn } from '../support/relying-party.ts'
import { test as base, expect, givenOn, type Node, startNode } from '../support/world.ts'

const PLACEHOLDER = 'kept-as-a-keyed-hash'
const METADATA = {
  client_name: 'Self',
  redirect_uris: ['https://rp.example/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
}

interface Trap {
  readonly port: number
  /** How often somebody connected. */
  dialled(): number
}

const test = base.extend<{ open: Node; trap: Trap }>({
  /** A port inside, where nobody is to be heard. */
  trap: async ({}, use) => {
    let dialled = 0
    const server = createServer((socket) => {
      dialled += 1
      socket.destroy()
    }).listen(0)
    await once(server, 'listening')
    await use({ port: (server.address() as AddressInfo).port, dialled: () => dialled })
    server.close()
  },
  /** A server where clients may register themselves. */
  open: async ({ database }, use) => {
    const node = await startNode(database, 'registration: { enabled: true }\n')
    await use(node)
    await node.close()
  },
})

async function tokenOf({ services }: Node, lifetime = 60): Promise<string> {
  const token = await issueInitialAccessToken(services, { lifetime, by: { kind: 'operator' } })
  return token.reveal()
}

async function call(
  { issuer }: Pick<Node, 'issuer'>,
  method: string,
  path: string,
  { token, body }: { token?: string | undefined; body?: object } = {},
) {
  const answer = await send(
    { issuer },
    {
      method,
      path: path.replace(issuer, ''),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    },
  )
  return { ...answer, json: answer.text ? JSON.parse(answer.text) : null }
}

const register = async (node: Node, body: object = METADATA) =>
  (await call(node, 'POST', '/oauth2/register', { token: await tokenOf(node), body })).json

/** What a client may send back of what it was told (RFC 7592 §2.2). */
function changed(told: Record<string, unknown>, change: object): object {
  const { registration_access_token, registration_client_uri, ...rest } = told
  const { client_id_issued_at, client_secret_expires_at, client_secret, ...kept } = rest
  return { ...kept, ...change }
}

test.describe('registration', () => {
  test('is off where nobody has turned it on', async ({ node }) => {
    const token = await tokenOf(node)
    const discovery = await call(node, 'GET', '/.well-known/openid-configuration')
    expect(discovery.json.registration_endpoint).toBeUndefined()
    for (const method of ['POST', 'GET', 'PUT', 'DELETE']) {
      const path = method === 'POST' ? '/oauth2/register' : '/oauth2/register/cli_x'
      const body = /^P/.test(method) ? { body: METADATA } : {}
      const { status } = await call(node, method, path, { token, ...body })
      expect([method, status]).toEqual([method, 404])
    }
  })

  test('wants an initial access token that is ours and in time', async ({ open, pass }) => {
    const short = await tokenOf(open, 60)
    const path = '/oauth2/register'
    expect((await call(open, 'POST', path, { token: short, body: METADATA })).status).toBe(201)
    await pass('61s')
    const wrong = [undefined, 'sit_x', short, short.toUpperCase(), `${short}=`]
    for (const token of wrong) {
      const { status, json } = await call(open, 'POST', path, { token, body: METADATA })
      expect(status).toBeGreaterThanOrEqual(400)
      expect(json.error).toMatch(/^invalid_(token|request)$/)
    }
  })

  test('gives a client that works, and shows its secret this once', async ({ open, database }) => {
    const token = await tokenOf(open)
    const body = METADATA
    const { status, json, headers } = await call(open, 'POST', '/oauth2/register', { token, body })

    expect(status).toBe(201)
    expect(headers['cache-control']).toBe('no-store')
    expect(json.client_secret).toMatch(/^scs_[\w-]{43}$/)
    expect(json).toMatchObject({ client_secret_expires_at: 0, client_name: 'Self' })
    expect(json.registration_client_uri).toBe(`${open.issuer}/oauth2/register/${json.client_id}`)
    const { rows } = await database.pool.query(
      'SELECT row_to_json(c)::text AS text, self_registered, pkce_exempt FROM client c',
    )
    expect(rows).toMatchObject([{ self_registered: true, pkce_exempt: false }])
    expect(rows[0].text).not.toContain(json.client_secret.slice(4))
    expect(rows[0].text).not.toContain(json.registration_access_token)

    const party: Party = {
      issuer: open.issuer,
      clientId: json.client_id,
      secret: json.client_secret,
    }
    const given = givenOn(open)
    const user = await given.user()
    const workspace = await given.workspace(user)
    const client = await database.pool.query('SELECT id FROM client')
    await given.consent(user, workspace, client.rows[0])
    expect((await signIn(party, await given.browser(user))).status).toBe(200)
  })

  test('is judged like an operator would', async ({ open }) => {
    const token = await tokenOf(open)
    const refused = [
      { redirect_uris: ['http://rp.example/callback'] },
      { redirect_uris: ['https://rp.example/callback#a'] },
      { redirect_uris: [] },
      { response_types: ['id_token'], grant_types: ['implicit'] },
      { grant_types: ['password'] },
      { token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] },
      { token_endpoint_auth_method: 'client_secret_jwt' },
      { id_token_signed_response_alg: 'HS256' },
      { id_token_signed_response_alg: 'none' },
      { token_endpoint_auth_method: 'private_key_jwt' },
      { client_name: 'a\0b' },
      { client_name: { constructor: 1 } },
    ]
    for (const change of refused) {
      const body = { ...METADATA, ...change }
      const { status, json } = await call(open, 'POST', '/oauth2/register', { token, body })
      expect([change, status]).toEqual([change, 400])
      expect(json.error).toMatch(/^invalid_(client_metadata|redirect_uri)$/)
    }
  })

  test('cannot make itself exempt from PKCE, nor choose its name', async ({ open, database }) => {
    const told = await register(open, {
      ...METADATA,
      pkce_exempt: true,
      pkceExempt: true,
      client_id: 'notes',
      client_secret: 'mine',
      secret_hash: 'x',
    })
    expect(told.client_id).toMatch(/^cli_/)
    expect(told.client_secret).toMatch(/^scs_/)
    const { rows } = await database.pool.query('SELECT pkce_exempt FROM client')
    expect(rows).toEqual([{ pkce_exempt: false }])
  })
})

test.describe('a registered client', () => {
  test('reads its record without its secret, nor what stands for one', async ({ open }) => {
    const told = await register(open)
    const token = told.registration_access_token
    const { status, json, text } = await call(open, 'GET', told.registration_client_uri, { token })

    expect([status, json.client_name]).toEqual([200, 'Self'])
    expect(json.client_secret).toBeUndefined()
    expect(text).not.toContain(PLACEHOLDER)
    expect(text).not.toContain('hash')
  })

  test('changes it by a token that is good once', async ({ open }) => {
    const told = await register(open)
    const uri = told.registration_client_uri
    const token = told.registration_access_token
    const body = changed(told, { client_name: 'Renamed' })

    const first = await call(open, 'PUT', uri, { token, body })
    expect([first.status, first.json.client_name]).toEqual([200, 'Renamed'])
    expect(first.json.client_secret).toBeUndefined()
    expect(first.text).not.toContain(PLACEHOLDER)
    const next = first.json.registration_access_token
    expect(next).not.toBe(token)
    const again = await call(open, 'PUT', uri, { token, body })
    expect([again.status, again.json.error]).toEqual([401, 'invalid_token'])
    expect((await call(open, 'GET', uri, { token: next })).json.client_name).toBe('Renamed')

    const party = { issuer: open.issuer, clientId: told.client_id, secret: told.client_secret }
    expect((await post(party, '/oauth2/introspect', { token: 'x' })).status).toBe(200)
  })

  test('gets a secret, shown this once, when it comes to need one', async ({ open }) => {
    const told = await register(open, { ...METADATA, token_endpoint_auth_method: 'none' })
    expect(told.client_secret).toBeUndefined()
    const body = changed(told, { token_endpoint_auth_method: 'client_secret_basic' })
    const { json } = await call(open, 'PUT', told.registration_client_uri, {
      token: told.registration_access_token,
      body,
    })
    const party = { issuer: open.issuer, clientId: told.client_id, secret: json.client_secret }
    expect((await post(party, '/oauth2/introspect', { token: 'x' })).status).toBe(200)
    const token = json.registration_access_token
    const { text } = await call(open, 'GET', told.registration_client_uri, { token })
    expect(text).not.toContain('"client_secret"')
  })

  test('manages itself and nobody else', async ({ open }) => {
    const one = await register(open)
    const two = await register(open)
    for (const [method, body] of [['GET'], ['DELETE'], ['PUT', changed(two, {})]] as const) {
      const { status } = await call(open, method, two.registration_client_uri, {
        token: one.registration_access_token,
        ...(body ? { body } : {}),
      })
      expect([method, status]).toEqual([method, 401])
    }
    const mine = { token: one.registration_access_token }
    expect((await call(open, 'GET', one.registration_client_uri, mine)).status).toBe(200)
  })

  test('deletes itself, and what it was granted ends', async ({ open, database }) => {
    const told = await register(open)
    const given = givenOn(open)
    const user = await given.user()
    const workspace = await given.workspace(user)
    const { rows } = await database.pool.query('SELECT id FROM client')
    await given.consent(user, workspace, rows[0])
    const party = { issuer: open.issuer, clientId: told.client_id, secret: told.client_secret }
    expect((await signIn(party, await given.browser(user))).status).toBe(200)

    const token = told.registration_access_token
    const gone = await call(open, 'DELETE', told.registration_client_uri, { token })

    expect([gone.status, gone.text]).toEqual([204, ''])
    const grants = await database.pool.query('SELECT end_cause FROM "grant"')
    expect(grants.rows).toEqual([{ end_cause: 'client_removed' }])
    expect((await call(open, 'GET', told.registration_client_uri, { token })).status).toBe(401)
    expect((await post(party, '/oauth2/introspect', { token: 'x' })).body.error).toBe(
      'invalid_client',
    )
  })
})

test.describe('the addresses that a client names for its documents', () => {
  test('are not even dialled where they are inside', async ({ open, trap }) => {
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
      const uri = `https://${host}:${trap.port}/`
      const sector = { subject_type: 'pairwise', sector_identifier_uri: uri }
      expect((await register(open, { ...METADATA, ...sector })).error).toBe(
        'invalid_client_metadata',
      )
      const method = { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: uri }
      const { client_id } = await register(open, { ...METADATA, ...method })
      expect((await prove(open, client_id)).body.error).toBe('invalid_client')
    }
    expect(trap.dialled()).toBe(0)
  })
})

/** Shows an assertion that can be judged only with the client's keys. */
function prove({ issuer }: Node, clientId: string) {
  const claims = { iss: clientId, sub: clientId, aud: issuer, jti: clientId, exp: 9_999_999_999 }
  const parts = [{ alg: 'ES256' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  return post({ issuer, clientId, secret: null }, '/oauth2/token', {
    grant_type: 'refresh_token',
    refresh_token: 'x',
    client_assertion: `${parts.join('.')}.AAAA`,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })
}

test.describe('an initial access token', () => {
  test('leaves its trace, and no copy of itself', async ({ open, database }) => {
    const token = await tokenOf(open)
    const { rows } = await database.pool.query(
      `SELECT action, actor_kind, row_to_json(e)::text AS text FROM entry e
       WHERE action = 'initial_access_token.issued'`,
    )
    expect(rows).toMatchObject([{ actor_kind: 'operator' }])
    expect(rows[0].text).not.toContain(token.slice(4))
    const kept = await database.pool.query('SELECT row_to_json(a)::text AS text FROM artifact a')
    expect(kept.rows).toHaveLength(1)
    expect(kept.rows[0].text).not.toContain(token.slice(4))
  })
})
