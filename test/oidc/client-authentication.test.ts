import { randomBytes, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { type Party, post, send } from '../support/relying-party.ts'
import { expect, type Given, type Node, test } from '../support/world.ts'

const SERVICE = { grant_types: ['client_credentials'], redirect_uris: undefined }
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const GRANT = { grant_type: 'client_credentials' }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** A client that proves itself by a key, and a maker of its proofs. */
async function keyed(node: Node, given: Given) {
  const keys = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }] }
  const method = { token_endpoint_auth_method: 'private_key_jwt', jwks }
  const { clientId } = await given.client({ ...SERVICE, ...method })
  const party: Party = { issuer: node.issuer, clientId, secret: null }
  const assertion = (audience: string | string[]) =>
    new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(keys.privateKey)
  const ask = async (audience: string | string[], headers: Record<string, string> = {}) => {
    const proof = { client_assertion: await assertion(audience), client_assertion_type: ASSERTION }
    return post(party, '/oauth2/token', { ...GRANT, ...proof }, headers)
  }
  return { party, ask }
}

test.describe('a client assertion', () => {
  test('is made for the issuer and for nothing else', async ({ node, given }) => {
    const { ask } = await keyed(node, given)
    expect((await ask(node.issuer)).status).toBe(200)
    const others = [
      `${node.issuer}/oauth2/token`,
      `${node.issuer}/`,
      'https://evil.example',
      [node.issuer],
      [node.issuer, 'https://evil.example'],
    ]
    for (const audience of others) {
      const { status, body } = await ask(audience)
      expect([audience, status, body.error]).toEqual([audience, 401, 'invalid_client'])
    }
  })

  test('for another server is not taken under its name (audience injection)', async ({
    node,
    given,
  }) => {
    const { ask } = await keyed(node, given)
    for (const path of ['', '/oauth2/token']) {
      const { status } = await ask(`http://evil.example${path}`, { host: 'evil.example' })
      expect(status).toBe(421)
      const forwarded = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }
      const { body } = await ask(`http://evil.example${path}`, forwarded)
      expect(body.error).toBe('invalid_client')
    }
  })
})

test.describe('another name in the request', () => {
  const names = ['evil.example', '127.0.0.1', 'localhost:1', 'a b', '127.0.0.1:1@evil.example']
  for (const host of names) {
    test(`such as ${JSON.stringify(host)} is refused wherever addresses are told`, async ({
      node,
    }) => {
      for (const path of ['/.well-known/openid-configuration', '/oauth2/authorize', '/login']) {
        const { status, text } = await send(node, { method: 'GET', path, headers: { host } })
        expect([path, status < 500 && status >= 400]).toEqual([path, true])
        expect(text).not.toContain('evil.example')
      }
    })
  }
})

test.describe('a client secret', () => {
  test('is stored as a keyed hash alone', async ({ node, given, database }) => {
    const { clientId, secret } = await given.client(SERVICE)
    const { rows } = await database.pool.query(
      'SELECT row_to_json(c)::text AS text, secret_hash FROM client c WHERE client_id = $1',
      [clientId],
    )
    expect(rows[0].secret_hash).toHaveLength(32)
    expect(rows[0].text).not.toContain(secret?.slice(4))
    const { body } = await post({ issuer: node.issuer, clientId, secret }, '/oauth2/token', GRANT)
    expect(body.token_type).toBe('Bearer')
  })

  test('is compared whole', async ({ node, given }) => {
    const { clientId, secret } = await given.client(SERVICE)
    const good = secret ?? ''
    const others = [
      good.slice(0, -1),
      `${good}x`,
      good.toUpperCase(),
      `${good}\0`,
      'kept-as-a-keyed-hash',
      randomBytes(200).toString('hex'),
      ' ',
    ]
    for (const wrong of others) {
      const party = { issuer: node.issuer, clientId, secret: encodeURIComponent(wrong) }
      const { status, body } = await post(party, '/oauth2/token', GRANT)
      expect([wrong, status < 500, body.error]).toEqual([
        wrong,
        true,
        expect.stringMatching(/^invalid_(client|request)$/),
      ])
    }
  })

  test('is asked for on every way that a confidential client uses', async ({ node, given }) => {
    const { clientId } = await given.client(SERVICE)
    for (const path of ['token', 'introspect', 'revoke', 'par']) {
      const { status, text } = await send(node, {
        method: 'POST',
        path: `/oauth2/${path}`,
        headers: FORM,
        body: `client_id=${clientId}&grant_type=client_credentials&token=x&response_type=code`,
      })
      expect([path, status, JSON.parse(text).error]).toEqual([path, 401, 'invalid_client'])
    }
  })
})
