import { createResource } from '../../src/clients/create-resource.ts'
import { saveRegisteredClient } from '../../src/clients/save-registered-client.ts'
import { loginCookieName } from '../../src/oidc/cookies.ts'
import { PASSWORD_PROOF } from '../../src/sessions/login/login.ts'
import { giveCookie } from '../../src/sessions/login/login-cookie.ts'
import { proveAgain } from '../../src/sessions/login/start-login.ts'
import {
  authorize,
  introspect,
  type Party,
  post,
  redeem,
  refresh,
  revoke,
  send,
  signIn,
} from '../support/relying-party.ts'
import { expect, type Given, type Node, test } from '../support/world.ts'

const API = 'https://api.example/'
const by = { kind: 'operator' } as const
const PUBLIC = { token_endpoint_auth_method: 'none' }

async function signedIn(node: Node, given: Given, metadata: object = {}) {
  const user = await given.user()
  const client = await given.client(metadata)
  await given.consent(user, await given.workspace(user), client)
  const browser = await given.browser(user)
  const party: Party = { issuer: node.issuer, clientId: client.clientId, secret: client.secret }
  return { user, client, browser, party }
}

test.describe('a service', () => {
  async function asks(node: Node, given: Given, metadata: object) {
    await createResource(node.services.db, {
      description: { identifier: API, name: 'API', scopes: ['read', 'admin'], tokenFormat: 'jwt' },
      by,
    })
    const client = await given.client({
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      ...metadata,
    })
    const party: Party = { issuer: node.issuer, clientId: client.clientId, secret: client.secret }
    const form = { grant_type: 'client_credentials', resource: API, scope: 'read admin' }
    return (await post(party, '/oauth2/token', form)).body
  }

  test('gets the scopes that its operator wrote down for it', async ({ node, given }) => {
    expect(await asks(node, given, { scope: 'read admin' })).toMatchObject({ scope: 'read admin' })
  })

  test('gets no token for an API that nothing was written down of', async ({ node, given }) => {
    expect((await asks(node, given, {})).error).toBe('invalid_target')
  })

  test('is never a client that registered itself', async ({ node }) => {
    const registration = saveRegisteredClient(node.services, {
      clientId: 'cli_self',
      metadata: { grant_types: ['client_credentials'], response_types: [] },
      secret: 'x'.repeat(43),
    })
    await expect(registration).rejects.toMatchObject({ code: 'invalid_request' })
  })
})

test.describe('a client that registered itself', () => {
  const pairwise = (host: string, more: object = {}) => ({
    clientId: 'cli_curious',
    metadata: { subject_type: 'pairwise', redirect_uris: [`https://${host}/cb`], ...more },
    secret: 'x'.repeat(43),
  })

  test('cannot move to another sector, nor ask who people are', async ({ node }) => {
    await saveRegisteredClient(node.services, pairwise('own.example'))
    for (const change of [
      pairwise('victim.example'),
      pairwise('own.example', { subject_type: 'public' }),
    ])
      await expect(saveRegisteredClient(node.services, change)).rejects.toMatchObject({
        code: 'invalid_request',
      })
    await saveRegisteredClient(node.services, pairwise('own.example', { client_name: 'New' }))
  })
})

test.describe('a cookie from before the newest', () => {
  test('is none any more when the newest came after a proof', async ({ node, given }) => {
    const { user, browser: stolen, party } = await signedIn(node, given, PUBLIC)
    const { services } = node
    await giveCookie(services, stolen.loginId, 'a-newer-one')
    expect((await authorize(party, stolen, { prompt: 'none' })).params.has('code')).toBe(true)
    const proven = { userId: user.id, proof: PASSWORD_PROOF, context: {} }
    await proveAgain(services, stolen.loginId, proven)
    const silent = async () =>
      (await authorize(party, stolen, { prompt: 'none' })).params.get('error')
    expect(await silent()).toBe('login_required')

    await giveCookie(services, stolen.loginId, 'the-newest')
    const { rows } = await services.pool.query('SELECT prior_cookie_hash FROM login')
    expect(rows).toEqual([{ prior_cookie_hash: null }])
    expect(await silent()).toBe('login_required')
  })

  test('never becomes the newest again, nor is it told to the browser', async ({
    node,
    given,
    pass,
  }) => {
    const { browser: stolen, party } = await signedIn(node, given, PUBLIC)
    const { services } = node
    await giveCookie(services, stolen.loginId, 'the-newest')

    const silent = await authorize(party, stolen, { prompt: 'none' })
    expect(silent.params.get('code')).toBeTruthy()
    const { headers } = await send(party, {
      method: 'GET',
      path: `/oauth2/authorize?client_id=${party.clientId}&response_type=code&scope=openid&prompt=none`,
      headers: { cookie: stolen.cookie },
    })
    expect(String(headers['set-cookie'] ?? '')).not.toContain(`${loginCookieName(node.issuer)}=`)

    const { rows } = await services.pool.query('SELECT cookie_hash FROM login')
    expect(rows[0].cookie_hash).toEqual(
      services.serverKeys.lookupHash('login-cookie', 'the-newest'),
    )
    await pass('31s')
    expect((await authorize(party, stolen, { prompt: 'none' })).params.get('error')).toBe(
      'login_required',
    )
  })
})

test.describe('what a stranger does with a token', () => {
  test('is no use of its session', async ({ node, given, pass }) => {
    const { browser, party } = await signedIn(node, given)
    const { body } = await signIn(party, browser)
    const other = await given.client(PUBLIC)
    const stranger: Party = { issuer: node.issuer, clientId: other.clientId, secret: null }
    const { services } = node
    await services.activity.flush()
    await pass('10m')
    const seen = async () => {
      await services.activity.flush()
      const { rows } = await services.pool.query('SELECT last_seen_at FROM session')
      return rows[0].last_seen_at.getTime()
    }
    const before = await seen()

    await revoke(stranger, String(body.access_token))
    await revoke(stranger, String(body.refresh_token))
    expect(await seen()).toBe(before)

    expect((await refresh(party, String(body.refresh_token))).status).toBe(200)
    expect(await seen()).toBeGreaterThan(before)
  })
})

test.describe('a code', () => {
  test('that comes again after its own time still ends the family born of it', async ({
    node,
    given,
    pass,
  }) => {
    const { browser, party } = await signedIn(node, given)
    const { params, verifier } = await authorize(party, browser)
    const { body } = await redeem(party, params.get('code')!, verifier)
    await pass('2m')

    expect((await redeem(party, params.get('code')!, verifier)).body.error).toBe('invalid_grant')

    expect((await introspect(party, String(body.access_token))).body.active).toBe(false)
    expect((await refresh(party, String(body.refresh_token))).body.error).toBe('invalid_grant')
  })
})

test.describe('a pushed request', () => {
  test('that is larger than anybody needs is refused and leaves no row', async ({
    node,
    given,
  }) => {
    const { client, party } = await signedIn(node, given, PUBLIC)
    const form = {
      response_type: 'code',
      redirect_uri: 'https://rp.example/callback',
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
      state: 's'.repeat(20_000),
    }
    expect(client.secretHash).toBeNull()
    expect((await post(party, '/oauth2/par', form)).body.error).toBe('invalid_request')
    const { rows } = await node.services.pool.query(
      "SELECT 1 FROM artifact WHERE model = 'PushedAuthorizationRequest'",
    )
    expect(rows).toEqual([])
  })
})
