import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { createResource } from '../../src/clients/create-resource.ts'
import { formatId } from '../../src/ids.ts'
import { introspect, type Party, refresh, signIn } from '../support/relying-party.ts'
import { expect, type Given, type Node, startNode, test } from '../support/world.ts'

type Alg = 'ES256' | 'RS256'

const API = 'https://api.example/'

/** Somebody who signed in at a client that wants ID tokens of one algorithm, for an API with another. */
async function signedIn(
  { issuer, services }: Node,
  given: Given,
  { idToken, access }: { readonly idToken?: Alg; readonly access?: Alg },
) {
  const description = { identifier: API, name: 'API', scopes: ['read'], alg: access ?? null }
  await createResource(services.db, {
    description: { ...description, tokenFormat: 'jwt' },
    by: { kind: 'operator' },
  })
  const user = await given.user()
  const client = await given.client(idToken ? { id_token_signed_response_alg: idToken } : {})
  const scopes = { openid: ['openid'], resources: { [API]: ['read'] } }
  await given.consent(user, await given.workspace(user), client, scopes)
  const party: Party = { issuer, clientId: client.clientId, secret: client.secret }
  const params = { scope: 'openid read', resource: API }
  const { body } = await signIn(party, await given.browser(user), params)
  return { user, party, ...tokensOf(body) }
}

function tokensOf(body: Record<string, unknown>) {
  return {
    idToken: String(body.id_token),
    accessToken: String(body.access_token),
    refreshToken: String(body.refresh_token),
  }
}

/** As a relying party that takes one algorithm and no other. */
function verified(
  { issuer }: Pick<Party, 'issuer'>,
  token: string,
  expected: { readonly alg: Alg; readonly audience: string },
) {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', issuer))
  const { alg, audience } = expected
  return jwtVerify(token, keys, { issuer, audience, algorithms: [alg] })
}

test.describe('signatures', () => {
  for (const [idToken, access] of [
    ['ES256', 'RS256'],
    ['RS256', 'ES256'],
    ['RS256', 'RS256'],
  ] as const)
    test(`are ${idToken} for a client and ${access} for an API that ask for it`, async ({
      node,
      given,
    }) => {
      const { user, party, ...first } = await signedIn(node, given, { idToken, access })
      const { body } = await refresh(party, first.refreshToken)

      for (const tokens of [first, tokensOf(body)]) {
        const audience = party.clientId
        const identity = await verified(party, tokens.idToken, { alg: idToken, audience })
        expect(identity.payload.sub).toBe(formatId('usr', user.id))
        const forApi = { alg: access, audience: API }
        const { protectedHeader, payload } = await verified(party, tokens.accessToken, forApi)
        expect(protectedHeader.typ).toBe('at+jwt')
        expect(payload).toMatchObject({ client_id: party.clientId, scope: 'read' })
      }
      expect((await introspect(party, first.accessToken)).body).toMatchObject({ active: true })
    })

  test('are ES256 for those who ask for nothing', async ({ node, given }) => {
    const { idToken, accessToken } = await signedIn(node, given, {})
    expect(decodeProtectedHeader(idToken).alg).toBe('ES256')
    expect(decodeProtectedHeader(accessToken).alg).toBe('ES256')
  })

  test('are announced in discovery, both, and nothing weaker', async ({ node }) => {
    const response = await fetch(`${node.issuer}/.well-known/openid-configuration`)
    expect(await response.json()).toMatchObject({
      id_token_signing_alg_values_supported: ['ES256', 'RS256'],
      jwks_uri: `${node.issuer}/.well-known/jwks.json`,
    })
  })

  test('come with public keys of both, which may be cached', async ({ node }) => {
    const response = await fetch(`${node.issuer}/.well-known/jwks.json`)
    const { keys } = (await response.json()) as { keys: Record<string, unknown>[] }

    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    expect(keys.map(({ alg, use }) => [alg, use]).toSorted()).toEqual([
      ['ES256', 'sig'],
      ['RS256', 'sig'],
    ])
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
      expect(keys.filter((key) => member in key)).toEqual([])
  })
})

const rs256 = test.extend({
  node: async ({ database }, use) => {
    const node = await startNode(database, 'keys: { signing: { alg: RS256 } }')
    await use(node)
    await node.close()
  },
})

rs256('signatures are RS256 where the operator chose it', async ({ node, given }) => {
  const { idToken, accessToken } = await signedIn(node, given, {})
  expect(decodeProtectedHeader(idToken).alg).toBe('RS256')
  expect(decodeProtectedHeader(accessToken).alg).toBe('RS256')
})
