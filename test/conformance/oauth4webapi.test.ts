import * as oauth from 'oauth4webapi'
import { browse } from '../support/browse.ts'
import { logIn, WORKSPACE } from '../support/operator.ts'
import { expect, type Served, test } from './served.ts'

const CALLBACK = 'https://rp.example/callback'
const GOODBYE = 'https://rp.example/goodbye'
const API = 'https://api.example/notes'
// The server of a test speaks http, on this machine.
const HTTP = { [oauth.allowInsecureRequests]: true } as const
const PUBLIC = oauth.None()

/** A public application that pushes its requests and binds its tokens to a key (RFC 9126, RFC 9449). */
async function application(served: Served) {
  const { clientId } = await served.client(
    {
      client_name: 'Application',
      redirect_uris: [CALLBACK],
      post_logout_redirect_uris: [GOODBYE],
      grant_types: ['authorization_code', 'refresh_token'],
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
      id_token_signed_response_alg: 'RS256',
    },
    '--public',
  )
  const issuer = new URL(served.issuer)
  const as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, HTTP),
  )
  const client: oauth.Client = { client_id: clientId, id_token_signed_response_alg: 'RS256' }
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  return { as, client, options: { ...HTTP, DPoP } }
}

type Application = Awaited<ReturnType<typeof application>>

async function loggedIn(served: Served, params: Record<string, string> = {}) {
  const app = await application(served)
  const person = await served.person()
  const browsing = browse()
  const { url, checks } = await push(app, params)
  const back = await logIn(browsing, url.href, person)
  return { app, person, browsing, ...(await redeem(app, back.url, checks)) }
}

interface Checks {
  readonly verifier: string
  readonly state: string
  readonly nonce: string
}

async function push({ as, client, options }: Application, params: Record<string, string>) {
  const checks: Checks = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
  }
  const request = {
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid email',
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: 'S256',
    ...params,
  }
  const response = await oauth.pushedAuthorizationRequest(as, client, PUBLIC, request, options)
  const pushed = await oauth.processPushedAuthorizationResponse(as, client, response)
  const url = new URL(as.authorization_endpoint ?? '')
  url.searchParams.set('client_id', client.client_id)
  url.searchParams.set('request_uri', pushed.request_uri)
  return { url, checks }
}

async function redeem({ as, client, options }: Application, back: URL, checks: Checks) {
  const { state, nonce, verifier } = checks
  const answer = oauth.validateAuthResponse(as, client, back, state)
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    PUBLIC,
    answer,
    CALLBACK,
    verifier,
    options,
  )
  const required = { expectedNonce: nonce, requireIdToken: true }
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, required)
  await verifySignature(as, response)
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  if (!claims) throw new Error('no ID token')
  return { tokens, claims }
}

// The keys are fetched with each check: a cache across tests would be one across issuers.
function verifySignature(as: oauth.AuthorizationServer, response: Response): Promise<void> {
  return oauth.validateApplicationLevelSignature(as, response, HTTP)
}

async function refresh({ as, client, options }: Application, token: string | undefined) {
  const presented = token ?? ''
  const response = await oauth.refreshTokenGrantRequest(as, client, PUBLIC, presented, options)
  const tokens = await oauth.processRefreshTokenResponse(as, client, response)
  await verifySignature(as, response)
  return tokens
}

function userinfo({ as, client, options }: Application, accessToken: string): Promise<Response> {
  return oauth.userInfoRequest(as, client, accessToken, options)
}

test.describe('oauth4webapi', () => {
  test('logs a person in by a pushed request and a key of its own', async ({ served }) => {
    const { app, claims, tokens } = await loggedIn(served)

    expect(tokens.token_type).toBe('dpop')
    expect(claims).toMatchObject({ workspace_slug: WORKSPACE, workspace_roles: ['editor'] })
    const response = await userinfo(app, tokens.access_token)
    const info = await oauth.processUserInfoResponse(app.as, app.client, claims.sub, response)
    expect(info.sid).toBe(claims.sid)
  })

  test('refreshes with its key, and nobody does without', async ({ served }) => {
    const { app, claims, tokens } = await loggedIn(served)

    const stolen = refresh({ ...app, options: HTTP as never }, tokens.refresh_token)
    await expect(stolen).rejects.toMatchObject({ error: 'invalid_grant' })
    const next = await refresh(app, tokens.refresh_token)
    const after = await refresh(app, next.refresh_token)

    expect(oauth.getValidatedIdTokenClaims(after)?.sid).toBe(claims.sid)
    expect((await userinfo(app, after.access_token)).status).toBe(200)
  })

  test('accepts a JWT access token as the API that it is for', async ({ served }) => {
    await served.sojourn(`resource create ${API} --name Notes --scope notes:read --format jwt`)
    const params = { scope: 'openid notes:read', resource: API }
    const { app, claims, tokens } = await loggedIn(served, params)

    // What a client sends to an API, and what the API then looks at (RFC 9068 §4).
    const sent: Request[] = []
    await oauth.protectedResourceRequest(
      tokens.access_token,
      'GET',
      new URL(API),
      undefined,
      null,
      {
        DPoP: app.options.DPoP,
        [oauth.customFetch]: async (url: string, init: RequestInit) => {
          sent.push(new Request(url, init))
          return new Response()
        },
      } as never,
    )
    const access = await oauth.validateJwtAccessToken(app.as, sent[0]!, API, HTTP)

    expect(access).toMatchObject({
      sub: claims.sub,
      sid: claims.sid,
      scope: 'notes:read',
      workspace_slug: WORKSPACE,
    })
  })

  test('logs out, and nothing of before is of use', async ({ served }) => {
    const { app, browsing, tokens } = await loggedIn(served)
    const end = new URL(app.as.end_session_endpoint ?? '')
    end.searchParams.set('id_token_hint', tokens.id_token ?? '')
    end.searchParams.set('post_logout_redirect_uri', GOODBYE)

    expect((await browsing.open(end.href)).url.href).toBe(GOODBYE)

    const refreshed = refresh(app, tokens.refresh_token)
    await expect(refreshed).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await statusOf(userinfo(app, tokens.access_token))).toBe(401)
    const { url, checks } = await push(app, { prompt: 'none' })
    const back = await browsing.open(url.href)
    await expect(redeem(app, back.url, checks)).rejects.toMatchObject({ error: 'login_required' })
  })
})

/** Of an answer that the library may turn into an error, since it carries a challenge. */
async function statusOf(answer: Promise<Response>): Promise<number> {
  return answer.then(
    ({ status }) => status,
    (error: oauth.WWWAuthenticateChallengeError) => error.status,
  )
}
