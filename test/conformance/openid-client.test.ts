import * as client from 'openid-client'
import { browse } from '../support/browse.ts'
import { logIn, WORKSPACE } from '../support/operator.ts'
import { expect, type Served, test } from './served.ts'

const CALLBACK = 'https://rp.example/callback'
const GOODBYE = 'https://rp.example/goodbye'

/** An application that knows the issuer's address and its own credentials. */
async function application(served: Served) {
  const { clientId, secret } = await served.client({
    client_name: 'Application',
    redirect_uris: [CALLBACK],
    post_logout_redirect_uris: [GOODBYE],
    grant_types: ['authorization_code', 'refresh_token'],
  })
  return client.discovery(
    new URL(served.issuer),
    clientId,
    undefined,
    client.ClientSecretBasic(secret),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  )
}

async function loggedIn(served: Served) {
  const config = await application(served)
  const person = await served.person()
  const browsing = browse()
  const { url, checks } = await begin(config)
  const back = await logIn(browsing, url.href, person)
  const tokens = await client.authorizationCodeGrant(config, back.url, checks)
  return { config, person, browsing, tokens, claims: claimsOf(tokens) }
}

async function begin(config: client.Configuration, params: Record<string, string> = {}) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid profile',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...params,
  })
  return { url, checks }
}

function claimsOf(tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers) {
  const claims = tokens.claims()
  if (!claims) throw new Error('no ID token')
  return claims
}

test.describe('openid-client', () => {
  test('logs a person in, in a workspace', async ({ served }) => {
    const { claims, config, person, tokens } = await loggedIn(served)

    expect(claims).toMatchObject({
      iss: served.issuer,
      workspace_slug: WORKSPACE,
      workspace_roles: ['editor'],
      sid: expect.stringMatching(/^ses_/),
    })
    const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
    expect(info).toMatchObject({ preferred_username: person.username, sid: claims.sid })
  })

  test('refreshes again and again', async ({ served }) => {
    const { claims, config, tokens } = await loggedIn(served)
    const seen = new Set([tokens.refresh_token])
    for (let times = 0; times < 3; times++) {
      const presented = [...seen].at(-1) ?? ''
      const { refresh_token, ...next } = await client.refreshTokenGrant(config, presented)
      seen.add(refresh_token)
      await client.fetchUserInfo(config, next.access_token, claims.sub)
      expect(next.id_token).toBeDefined()
    }
    expect(seen.size).toBe(4)
  })

  test('logs out, and nothing of before is of use', async ({ served }) => {
    const { browsing, claims, config, tokens } = await loggedIn(served)
    const state = client.randomState()
    const end = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: GOODBYE,
      state,
    })

    const left = await browsing.open(end.href)

    expect(left.url.href).toBe(`${GOODBYE}?state=${state}`)
    const refreshed = client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    await expect(refreshed).rejects.toMatchObject({ error: 'invalid_grant' })
    const info = client.fetchUserInfo(config, tokens.access_token, claims.sub)
    await expect(info).rejects.toMatchObject({ status: 401 })
    const silent = await begin(config, { prompt: 'none' })
    const back = await browsing.open(silent.url.href)
    const again = client.authorizationCodeGrant(config, back.url, silent.checks)
    await expect(again).rejects.toMatchObject({ error: 'login_required' })
  })

  test('hears of a person who is no member', async ({ served }) => {
    const config = await application(served)
    await served.sojourn('workspace create elsewhere --name Elsewhere')
    const person = await served.person()
    const browsing = browse()
    const { url, checks } = await begin(config, { workspace: 'elsewhere' })
    const refused = await browsing.press(await browsing.open(url.href), 'Log in', { ...person })
    const back = await browsing.press(refused, 'Back to')
    const grant = client.authorizationCodeGrant(config, back.url, checks)
    await expect(grant).rejects.toMatchObject({ error: 'access_denied' })
  })
})
