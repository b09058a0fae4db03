import { disableClient } from '../../../src/access/disable-client.ts'
import { createResource } from '../../../src/clients/create-resource.ts'
import { introspect, type Party } from '../../support/relying-party.ts'
import { expect, type Given, givenOn, type Node, startNode, test } from '../../support/world.ts'
import { type Ask, answerBy, basic, bothWays, compared, formOf } from './both-ways.ts'

const OPERATOR = { kind: 'operator' } as const
const OPAQUE = 'https://opaque.example/'
const JWT = 'https://jwt.example/'
const RS256 = 'https://rs256.example/'
const SERVICE = { grant_types: ['client_credentials'] }

/** A service, and APIs that take its tokens. */
async function situation(node: Node, given: Given) {
  const client = await given.client({ ...SERVICE, scope: 'openid read write' })
  const apis = [
    { identifier: OPAQUE, tokenFormat: 'opaque' },
    { identifier: JWT, tokenFormat: 'jwt' },
    { identifier: RS256, tokenFormat: 'jwt', alg: 'RS256' },
  ] as const
  for (const api of apis)
    await createResource(node.services.db, {
      description: { name: 'An API', scopes: ['read', 'write', 'delete'], ...api },
      by: OPERATOR,
    })
  const party: Party = { issuer: node.issuer, ...client }
  const ask = (fields: Record<string, string> = {}, headers?: Record<string, string>): Ask => ({
    headers: headers ?? basic(client.clientId, client.secret),
    body: formOf({ grant_type: 'client_credentials', ...fields }),
  })
  return { client, party, ask }
}

test.describe('a token for a service by the short way', () => {
  test('is the one that the library gives', async ({ node, given }) => {
    const { ask } = await situation(node, given)
    const decided = await compared(node, {
      'without anything': ask(),
      'a scope': ask({ scope: 'openid' }),
      'a scope twice': ask({ scope: 'openid openid' }),
      'a scope of an API, without the API': ask({ scope: 'read openid' }),
      'an empty scope and API': ask({ scope: '', resource: '' }),
      opaque: ask({ resource: OPAQUE, scope: 'read' }),
      JWT: ask({ resource: JWT, scope: 'read' }),
      'RS256 JWT': ask({ resource: RS256, scope: 'write read' }),
      'without a scope': ask({ resource: JWT }),
      'more scopes than it has': ask({ resource: JWT, scope: 'delete write nothing openid' }),
      'no scope that it has': ask({ resource: OPAQUE, scope: 'delete' }),
      'a field that means nothing': ask({ resource: JWT, scope: 'read', way: 'any' }),
    })
    expect(decided).toEqual([
      'without anything: 200',
      'a scope: 200',
      'a scope twice: 200',
      'a scope of an API, without the API: 200',
      'an empty scope and API: 200',
      'opaque: 200',
      'JWT: 200',
      'RS256 JWT: 200',
      'without a scope: 200',
      'more scopes than it has: 200',
      'no scope that it has: 200',
      'a field that means nothing: 200',
    ])
  })

  test('says what it is', async ({ node, given }) => {
    const { ask, party, client } = await situation(node, given)
    const { short, text } = await answerBy('short', node, ask({ resource: JWT, scope: 'read' }))
    expect(short).toBe(true)
    const body = JSON.parse(text)
    expect(body).toEqual({
      access_token: expect.stringMatching(/^eyJ/),
      expires_in: 300,
      scope: 'read',
      token_type: 'Bearer',
    })
    expect((await introspect(party, body.access_token)).body).toEqual({
      active: true,
      client_id: client.clientId,
      iss: node.issuer,
      aud: JWT,
      scope: 'read',
      token_type: 'Bearer',
      exp: expect.any(Number),
      iat: expect.any(Number),
      jti: expect.stringMatching(/^[\w-]{22}$/),
    })
  })

  test('is given to who proves who it is', async ({ node, given }) => {
    const { ask, client } = await situation(node, given)
    const { clientId: id, secret } = client
    const byPost = await given.client({
      ...SERVICE,
      token_endpoint_auth_method: 'client_secret_post',
    })
    const publicClient = await given.client({ token_endpoint_auth_method: 'none' })
    const byKey = await given.client({
      ...SERVICE,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://rp.example/jwks',
    })
    const disabled = await given.client(SERVICE)
    await disableClient(node.services, disabled.id, OPERATOR)
    const changed = await given.client(SERVICE)
    await node.services.pool.query(
      `UPDATE client SET metadata = metadata || '{"token_endpoint_auth_method": "private_key_jwt",
        "jwks_uri": "https://rp.example/jwks"}' WHERE id = $1`,
      [changed.id],
    )
    const bound = await given.client({ ...SERVICE, dpop_bound_access_tokens: true })
    const person = await given.client()
    const held = await given.client({ ...SERVICE, scope: 'openid' })
    const [expired, lasting] = [await given.client(SERVICE), await given.client(SERVICE)]
    for (const [client, end] of [
      [expired, 1],
      [lasting, 4_000_000_000],
    ] as const)
      await node.services.pool.query(
        'UPDATE client SET metadata = metadata || jsonb_build_object($2::text, $3::int8) WHERE id = $1',
        [client.id, 'client_secret_expires_at', end],
      )
    const of = (client: { clientId: string; secret: string | null }) =>
      ask({}, basic(client.clientId, client.secret))

    const decided = await compared(node, {
      'the secret in the header': ask(),
      'the secret in the form': ask({ client_id: id, client_secret: String(secret) }, {}),
      'the form, by the header': of(byPost),
      'the client in the form too': ask({ client_id: id }),
      'an encoded secret': ask(
        {},
        basic(encodeURIComponent(id), String(secret).replaceAll('_', '%5F')),
      ),
      'a wrong secret': ask({}, basic(id, 'x')),
      'the secret of another client': ask({}, basic(id, byPost.secret)),
      'a wrong secret in the form': ask({ client_id: id, client_secret: 'x' }, {}),
      'an unknown client': ask({}, basic('nobody', secret)),
      'a disabled client': of(disabled),
      'a public client': ask({ client_id: publicClient.clientId }, {}),
      'a public client with a secret': ask({}, basic(publicClient.clientId, 'x')),
      'a client with keys, and a secret': ask({}, basic(byKey.clientId, 'x')),
      'a client that uses its key since': of(changed),
      'a client that must bring a proof': of(bound),
      'a client for people': of(person),
      'a secret that has run out': of(expired),
      'a secret that will run out': of(lasting),
      'two clients': ask({ client_id: 'other' }),
      'both mechanisms': ask({ client_secret: String(secret) }),
      'an assertion': ask({
        client_assertion: 'a.b.c',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }),
      nobody: ask({}, {}),
      'a null byte': ask({}, basic(`${id}%00`, secret)),
      'another scheme': ask({}, { authorization: 'Bearer x' }),
      'a scope of people': { ...of(held), body: 'grant_type=client_credentials&scope=profile' },
      'its own scope': { ...of(held), body: 'grant_type=client_credentials&scope=openid' },
    })
    expect(decided).toEqual([
      'the secret in the header: 200',
      'the secret in the form: 200',
      'the form, by the header: 200',
      'the client in the form too: 200',
      'an encoded secret: 200',
      'its own scope: 200',
    ])
  })

  test('is refused as the library refuses it', async ({ node, given }) => {
    const { ask, client } = await situation(node, given)
    const noScope = await given.client(SERVICE)
    const plain = ask().body
    const headers = basic(client.clientId, client.secret)

    const decided = await compared(node, {
      'an unknown API': ask({ resource: 'https://nowhere.example/' }),
      'an API that is no address': ask({ resource: 'nowhere' }),
      'a part of an API': ask({ resource: `${JWT}#part` }),
      'a null byte in the API': ask({ resource: `${JWT}\0` }),
      'an API of which it has no scope': ask(
        { resource: JWT },
        basic(noScope.clientId, noScope.secret),
      ),
      'two APIs': { headers, body: `${plain}&resource=${JWT}&resource=${OPAQUE}` },
      'one API twice': { headers, body: `${plain}&resource=${JWT}&resource=${JWT}` },
      'a scope that is none': ask({ scope: 'a"b' }),
      'a null byte in the scope': ask({ scope: 'read\0' }),
      'two scopes too far apart': ask({ scope: 'read  write' }),
      'two scope fields': { headers, body: `${plain}&scope=read&scope=write` },
      'the kind twice': { headers, body: `${plain}&${plain}` },
      'the client twice': { headers, body: `${plain}&client_id=a&client_id=b` },
      'an unknown kind': { headers, body: 'grant_type=password' },
      'no kind': { headers, body: 'scope=read' },
      'an empty body': { headers, body: '' },
      'a mark before the body': { headers, body: `\ufeff${plain}` },
      'a long body': { headers, body: `${plain}&x=${'a'.repeat(20_000)}` },
      'a body over the limit': { headers, body: `${plain}&x=${'a'.repeat(60_000)}` },
      'a page of another origin': {
        headers: { ...headers, origin: 'https://elsewhere.example' },
        body: plain,
      },
      'a broken proof': { headers: { ...headers, dpop: 'x' }, body: plain },
      'an attestation': { headers: { ...headers, 'oauth-client-attestation': 'x' }, body: plain },
    })
    expect(decided).toEqual([])
  })

  test('lives as long as the operator says', async ({ database }) => {
    const node = await startNode(database, 'tokens:\n  access_token: 2m\n')
    const { ask } = await situation(node, givenOn(node))
    for (const resource of ['', OPAQUE, JWT]) {
      const { ours, library, short } = await bothWays(node, ask({ resource }))
      expect(short, resource).toBe(true)
      expect(ours, resource).toEqual(library)
      expect(ours.body, resource).toMatchObject({ expires_in: 120 })
    }
    await node.close()
  })

  test('is found at every spelling of its address', async ({ node, given }) => {
    const { ask } = await situation(node, given)
    for (const path of ['/OAuth2/Token', '/oauth2/token/', '/oauth2/token?scope=openid'])
      expect(await compared(node, { [path]: { ...ask(), path } })).toEqual([`${path}: 200`])
    const away = await bothWays(node, { ...ask(), path: '/oauth2/token/x' })
    expect(away.ours).toEqual(away.library)
    expect(away.ours.status).toBe(404)
  })

  test('is dead when the service is disabled', async ({ node, given }) => {
    const { ask, party, client } = await situation(node, given)
    const { text } = await answerBy('short', node, ask())
    const token = JSON.parse(text).access_token
    expect((await introspect(party, token)).body.active).toBe(true)

    await disableClient(node.services, client.id, OPERATOR)

    expect((await answerBy('short', node, ask())).status).toBe(401)
    expect(await node.services.oidc.provider().ClientCredentials.find(token)).toBeUndefined()
  })
})
