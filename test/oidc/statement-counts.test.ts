import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createResource } from '../../src/clients/create-resource.ts'
import { statements } from '../../src/database/pool.ts'
import {
  authorize,
  introspect,
  type Party,
  post,
  refresh,
  signIn,
} from '../support/relying-party.ts'
import { type Browser, expect, type Given, type Node, test } from '../support/world.ts'

const OPERATOR = { kind: 'operator' } as const
const API = 'https://api.example/'
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The statements that were sent meanwhile; what begins and commits a transaction does not count. */
async function sentDuring(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = []
  const heard = (message: unknown) => {
    const { text } = message as { text: string }
    if (!/^(BEGIN|COMMIT)$/.test(text)) sent.push(text.trim())
  }
  statements.subscribe(heard)
  await work().finally(() => statements.unsubscribe(heard))
  return sent
}

const writes = (text: string) => /\b(INSERT|UPDATE|DELETE)\b/.test(text)

/** A client that has been seen before, with a person who consented to it. */
async function ready(node: Node, given: Given, metadata: object = {}) {
  const grant_types = ['authorization_code', 'refresh_token', 'client_credentials']
  const user = await given.user()
  const workspace = await given.workspace(user)
  const client = await given.client({ grant_types, scope: 'openid profile read', ...metadata })
  await createResource(node.services.db, {
    description: { identifier: API, name: 'API', scopes: ['read'], tokenFormat: 'jwt' },
    clientId: client.id,
    by: OPERATOR,
  })
  const scopes = { openid: ['openid', 'profile'], resources: { [API]: ['read'] } }
  await given.consent(user, workspace, client, scopes)
  const party: Party = { issuer: node.issuer, ...client }
  return { party, browser: await given.browser(user), newBrowser: () => given.browser(user) }
}

const SERVICE = { grant_type: 'client_credentials', resource: API, scope: 'read' }
const FOR_API = { scope: 'openid profile read', resource: API }

test.describe('a refresh', () => {
  test('costs three statements', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    for (const params of [{}, FOR_API]) {
      let token = String((await signIn(party, browser, params)).body.refresh_token)
      for (let time = 0; time < 3; time += 1) {
        const sent = await sentDuring(async () => {
          const { status, body } = await refresh(party, token)
          expect(status).toBe(200)
          token = String(body.refresh_token)
        })
        expect(sent.length, sent.join('\n')).toBeLessThanOrEqual(3)
        expect(sent.filter(writes)).toHaveLength(1)
      }
    }
  })

  test('writes nothing when its token was replaced a moment ago', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    const token = String((await signIn(party, browser)).body.refresh_token)
    await refresh(party, token)

    const sent = await sentDuring(async () =>
      expect((await refresh(party, token)).status).toBe(200),
    )

    expect(sent.length).toBeLessThanOrEqual(3)
    expect(sent.filter(writes)).toEqual([])
  })

  test('costs one more for a DPoP proof', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    const proof = await dpop(node)
    const token = await refreshToken(party, browser, {}, { dpop: await proof() })
    const headers = { dpop: await proof() }

    const sent = await sentDuring(async () =>
      expect((await refresh(party, token, {}, headers)).status).toBe(200),
    )

    expect(sent.length, sent.join('\n')).toBeLessThanOrEqual(4)
  })

  test('costs one more for a client assertion', async ({ node, given }) => {
    const { metadata, assertionOf } = await keys()
    const { party, browser } = await ready(node, given, metadata)
    const token = await refreshToken(party, browser, await assertionOf(party))
    const assertion = await assertionOf(party)

    const sent = await sentDuring(async () =>
      expect((await refresh(party, token, assertion)).status).toBe(200),
    )

    expect(sent.length, sent.join('\n')).toBeLessThanOrEqual(4)
  })
})

test.describe('an introspection', () => {
  test('costs one statement, whatever the token', async ({ node, given }) => {
    const { party, browser } = await ready(node, given)
    const opaque = await signIn(party, browser)
    const jwt = await signIn(party, browser, FOR_API)
    const service = await post(party, '/oauth2/token', { grant_type: 'client_credentials' })
    const serviceJwt = await post(party, '/oauth2/token', SERVICE)
    for (const { body } of [opaque, jwt, service, serviceJwt]) {
      const sent = await sentDuring(async () =>
        expect((await introspect(party, String(body.access_token))).body.active).toBe(true),
      )
      expect(sent, String(body.access_token)).toHaveLength(1)
      expect(sent.filter(writes)).toEqual([])
    }
  })

  test('of something else costs one at most', async ({ node, given }) => {
    const { party } = await ready(node, given)
    const stranger = { ...party, secret: 'wrong' }
    for (const asking of [party, stranger])
      for (const token of ['garbage', 'sat_service.AAAA', 'srt_a.1.b.c', 'eyJ.e30.x']) {
        const sent = await sentDuring(() => introspect(asking, token))
        expect(sent.length, token).toBeLessThanOrEqual(1)
      }
  })

  test('shares it with others that come at the same time', async ({ node, given }) => {
    const { party, newBrowser } = await ready(node, given)
    const tokens: string[] = []
    for (let login = 0; login < 8; login += 1)
      tokens.push(String((await signIn(party, await newBrowser())).body.access_token))

    const sent = await sentDuring(async () => {
      const asked = Array.from({ length: 64 }, (_, at) => introspect(party, tokens[at % 8]!))
      for (const { body } of await Promise.all(asked)) expect(body.active).toBe(true)
    })

    // How many share depends on how close they come; that they do is the coalescing's own test.
    expect(sent.length).toBeLessThanOrEqual(64)
  })
})

test.describe('client credentials', () => {
  test('cost one statement and write nothing', async ({ node, given }) => {
    const { party } = await ready(node, given)
    for (const form of [{ grant_type: 'client_credentials' }, SERVICE, SERVICE]) {
      const sent = await sentDuring(async () =>
        expect((await post(party, '/oauth2/token', form)).status).toBe(200),
      )
      expect(sent).toHaveLength(1)
      expect(sent.filter(writes)).toEqual([])
    }
  })
})

/** Of a code that is redeemed with a proof. */
async function refreshToken(
  party: Party,
  browser: Browser,
  proof: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<string> {
  const { params, verifier } = await authorize(party, browser)
  const form = {
    grant_type: 'authorization_code',
    code: params.get('code') ?? '',
    redirect_uri: 'https://rp.example/callback',
    code_verifier: verifier,
    ...proof,
  }
  const { status, body } = await post(party, '/oauth2/token', form, headers)
  expect(status, JSON.stringify(body)).toBe(200)
  return String(body.refresh_token)
}

async function dpop({ issuer }: Node) {
  const pair = await generateKeyPair('ES256')
  const jwk = await exportJWK(pair.publicKey)
  return () =>
    new SignJWT({ htm: 'POST', htu: `${issuer}/oauth2/token`, jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(pair.privateKey)
}

/** What registers a client that proves itself by a key, and what proves it. */
async function keys() {
  const pair = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }
  const metadata = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } }
  const sign = ({ issuer, clientId }: Party) =>
    new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(issuer)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(pair.privateKey)
  const assertionOf = async (party: Party) => ({
    client_assertion: await sign(party),
    client_assertion_type: ASSERTION,
  })
  return { metadata, assertionOf }
}
