import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import {
  authorize,
  introspect,
  type Party,
  post,
  redeem,
  refresh,
  revoke,
  signIn,
} from '../support/relying-party.ts'
import { type Cluster, expect, type Given, clusterTest as test } from '../support/world.ts'

async function person(cluster: Cluster, given: Given, metadata: object = {}) {
  const user = await given.user()
  const workspace = await given.workspace(user)
  const client = await given.client(metadata)
  await given.consent(user, workspace, client)
  const party: Party = { issuer: cluster.issuer, clientId: client.clientId, secret: client.secret }
  return { party, browser: await given.browser(user) }
}

const inTurn = (cluster: Cluster, party: Party, at: number): Party => ({
  ...party,
  via: cluster.nodes[at % 2]!,
})

test.describe('an authorization code', () => {
  test('redeemed 20 times at once has one winner, and a double click ends nothing', async ({
    cluster,
    given,
    database,
  }) => {
    const { party, browser } = await person(cluster, given)
    const { params, verifier } = await authorize(party, browser)
    const code = params.get('code')!

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => redeem(inTurn(cluster, party, at), code, verifier)),
    )

    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(19)
    expect((await database.pool.query('SELECT 1 FROM family')).rows).toHaveLength(1)
    expect((await refresh(party, String(won[0]!.body.refresh_token))).status).toBe(200)
  })

  test('used again after 5 s ends the family born of it, and no other', async ({
    cluster,
    given,
    pass,
  }) => {
    const { party, browser } = await person(cluster, given)
    const { params, verifier } = await authorize(party, browser)
    const stolen = await redeem(party, params.get('code')!, verifier)
    const sibling = await signIn(party, browser)
    await pass('6s')

    const again = await redeem(party, params.get('code')!, verifier)

    expect(again.body.error).toBe('invalid_grant')
    expect((await refresh(party, String(stolen.body.refresh_token))).body.error).toBe(
      'invalid_grant',
    )
    expect((await introspect(party, String(stolen.body.access_token))).body.active).toBe(false)
    expect((await refresh(party, String(sibling.body.refresh_token))).status).toBe(200)
    expect((await introspect(party, String(sibling.body.access_token))).body.active).toBe(true)
  })

  test('is not burnt by a redemption that fails', async ({ cluster, given }) => {
    const { party, browser } = await person(cluster, given)
    const { params, verifier } = await authorize(party, browser)

    expect((await redeem(party, params.get('code')!, 'x'.repeat(43))).status).toBe(400)
    expect((await redeem(party, params.get('code')!, verifier)).status).toBe(200)
  })
})

test.describe('a proof that is shown five times at once', () => {
  test('counts once when it is a DPoP proof', async ({ cluster, given }) => {
    const { party, browser } = await person(cluster, given)
    const keys = await generateKeyPair('ES256')
    const { params, verifier } = await authorize(party, browser)
    const first = await redeem(party, params.get('code')!, verifier, {
      dpop: await dpop(cluster, keys),
    })
    expect(first.body.token_type).toBe('DPoP')

    const proof = await dpop(cluster, keys)
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, at) =>
        refresh(inTurn(cluster, party, at), String(first.body.refresh_token), {}, { dpop: proof }),
      ),
    )

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('counts once when it is a client assertion', async ({ cluster, given }) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const client = await given.client({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }] },
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })
    const party: Party = { issuer: cluster.issuer, clientId: client.clientId, secret: null }
    const assertion = (audience: string) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(client.clientId)
        .setSubject(client.clientId)
        .setAudience(audience)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey)
    const ask = (to: Party, client_assertion: string) =>
      post(to, '/oauth2/token', {
        grant_type: 'client_credentials',
        client_assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      })

    const shown = await assertion(cluster.issuer)
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, at) => ask(inTurn(cluster, party, at), shown)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)

    const elsewhere = await ask(party, await assertion(`${cluster.issuer}/oauth2/token`))
    expect(elsewhere.body.error).toBe('invalid_client')
  })
})

test.describe('an access token', () => {
  test('that was revoked is dead in every spelling, and its siblings live', async ({
    cluster,
    given,
  }) => {
    const { party, browser } = await person(cluster, given)
    const { body } = await signIn(party, browser)
    const sibling = await refresh(party, String(body.refresh_token))
    const token = String(body.access_token)
    expect((await introspect(party, token)).body.active).toBe(true)

    await revoke(party, token)

    const last = token.at(-1)!
    const spellings = [
      token,
      `${token}=`,
      `${token}==`,
      token.replaceAll('-', '+').replaceAll('_', '/'),
      token.slice(0, -1) + String.fromCharCode(last.charCodeAt(0) ^ 1),
      ` ${token}`,
      `${token}\n`,
    ]
    for (const spelling of spellings)
      expect((await introspect(party, spelling)).body, spelling).toEqual({ active: false })
    expect((await introspect(party, String(sibling.body.access_token))).body.active).toBe(true)
    expect((await refresh(party, String(sibling.body.refresh_token))).status).toBe(200)
  })

  test('is not revoked by another client', async ({ cluster, given }) => {
    const { party, browser } = await person(cluster, given)
    const { body } = await signIn(party, browser)
    const client = await given.client()
    const stranger: Party = {
      issuer: cluster.issuer,
      clientId: client.clientId,
      secret: client.secret,
    }

    expect((await revoke(stranger, String(body.access_token))).status).toBe(200)
    expect((await introspect(party, String(body.access_token))).body.active).toBe(true)
    expect((await introspect(stranger, String(body.access_token))).body).toEqual({ active: false })
  })

  test('dies with the refresh token that is revoked', async ({ cluster, given }) => {
    const { party, browser } = await person(cluster, given)
    const { body } = await signIn(party, browser)

    expect((await revoke(party, String(body.refresh_token))).status).toBe(200)

    expect((await introspect(party, String(body.access_token))).body.active).toBe(false)
    expect((await refresh(party, String(body.refresh_token))).body.error).toBe('invalid_grant')
    const again = await signIn(party, browser)
    expect((await introspect(party, String(again.body.access_token))).body.active).toBe(true)
  })
})

async function dpop(cluster: Cluster, keys: Awaited<ReturnType<typeof generateKeyPair>>) {
  const jwk = await exportJWK(keys.publicKey)
  return new SignJWT({ htm: 'POST', htu: `${cluster.issuer}/oauth2/token`, jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .setIssuedAt()
    .sign(keys.privateKey)
}
