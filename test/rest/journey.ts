import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { TOTP } from 'otpauth'
import { type Browsing, browse, type Page } from '../support/browse.ts'
import { type Answer, type Party, post, refresh, revoke, send } from '../support/relying-party.ts'
import type { Stage } from './stage.ts'

export const AGENT = 'Marked-Browser/7.31 (at-rest-9f27c1)'
export const PASSWORD = 'quiet-otter-Hj4mUq82-walks-the-river'
const WRONG = 'quiet-otter-Wr0ng917-walks-the-river'
const REDIRECT = 'https://rp.example/callback'
const RESOURCE = 'https://api.example/'
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The people and applications of the journey. */
export interface Cast {
  readonly web: Party
  readonly page: Party
  readonly service: Party
  readonly browser: Browsing
  readonly keys: Awaited<ReturnType<typeof generateKeyPair>>
}

export interface Tokens {
  readonly id_token: string
  readonly access_token: string
  readonly refresh_token: string
}

export async function cast(stage: Stage): Promise<Cast> {
  const { sojourn } = stage
  const keys = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }] }
  const common = {
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
  }
  const client = async (name: string, metadata: object): Promise<Party> => {
    const file = await stage.file(name, { client_name: name, ...metadata })
    const made = await sojourn(`client create --metadata ${file}`)
    const secret = made.client_secret === undefined ? null : String(made.client_secret)
    return { issuer: stage.issuer, clientId: String(made.client_id), secret }
  }

  await sojourn('workspace create atelier --name Atelier')
  await sojourn('user create ada --password-stdin --member atelier:editor', `${PASSWORD}\n`)
  stage.wire.note('password', PASSWORD)
  const service = await client('Service', {
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks,
  })
  await sojourn(
    `resource create ${RESOURCE} --name Api --scope read --format jwt --client ${service.clientId}`,
  )
  return {
    web: await client('Web', { ...common, backchannel_logout_uri: stage.party.uri }),
    page: await client('Page', { ...common, token_endpoint_auth_method: 'none' }),
    service,
    browser: browse(AGENT),
    keys,
  }
}

/** An authorization request with all that could be remembered of one. */
function requestOf(party: Party, verifier: string, more: object): Record<string, string> {
  return {
    client_id: party.clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid profile',
    state: secret('state'),
    nonce: secret('nonce'),
    login_hint: secret('hint'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  }
}

/** Goes through login, where it is asked for, and consent, to a code; and redeems it. */
export async function arrive(
  { browser }: Cast,
  party: Party,
  more: object = {},
  proof: () => Promise<Record<string, string>> = async () => ({}),
): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams(requestOf(party, verifier, more))
  const page = await browser.open(`${party.issuer}/oauth2/authorize?${query}`)
  return redeemed(party, await consented(browser, await loggedIn(browser, page)), verifier, proof)
}

/** The same by a request that was pushed before (RFC 9126). */
export async function arrivePushed({ browser }: Cast, party: Party): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url')
  const { body } = await post(party, '/oauth2/par', requestOf(party, verifier, {}))
  const query = new URLSearchParams({
    client_id: party.clientId,
    request_uri: String(body.request_uri),
  })
  const page = await browser.open(`${party.issuer}/oauth2/authorize?${query}`)
  return redeemed(party, page, verifier)
}

async function loggedIn(browser: Browsing, page: Page): Promise<Page> {
  if (!page.html.includes('name="password"')) return page
  const typed = { username: 'ada', password: WRONG }
  const again = await browser.press(page, 'Log in', typed)
  return browser.press(again, 'Log in', { ...typed, password: PASSWORD })
}

async function consented(browser: Browsing, page: Page): Promise<Page> {
  return page.html.includes('value="allow"') ? browser.press(page, 'Allow') : page
}

async function redeemed(
  party: Party,
  { url, html }: Page,
  verifier: string,
  proof: () => Promise<Record<string, string>> = async () => ({}),
): Promise<Tokens> {
  const code = url.searchParams.get('code')
  if (!code) throw new Error(`no code at ${url}: ${html}`)
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT }
  const filled = { ...form, code_verifier: verifier }
  return fine(await post(party, '/oauth2/token', filled, await proof())) as unknown as Tokens
}

/** A public client bound to a key (RFC 9449), with tokens for an API that checks them offline. */
export async function arriveBound(players: Cast): Promise<Tokens> {
  const { page, keys } = players
  const proof = async () => ({ dpop: await dpopProof(page, keys) })
  const tokens = await arrive(players, page, { resource: RESOURCE, scope: 'openid read' }, proof)
  fine(await refresh(page, tokens.refresh_token, {}, await proof()))
  return tokens
}

async function dpopProof({ issuer }: Party, keys: Cast['keys']): Promise<string> {
  const jwk = await exportJWK(keys.publicKey)
  return new SignJWT({ htm: 'POST', htu: `${issuer}/oauth2/token`, jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .setIssuedAt()
    .sign(keys.privateKey)
}

/** A service proves itself by a key, gets a token and looks at somebody's. */
export async function serve({ service, keys }: Cast, token: string): Promise<void> {
  const proof = async () => ({
    client_assertion_type: ASSERTION,
    client_assertion: await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(service.clientId)
      .setSubject(service.clientId)
      .setAudience(service.issuer)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(keys.privateKey),
  })
  const grant = { grant_type: 'client_credentials' }
  fine(await post(service, '/oauth2/token', { ...grant, ...(await proof()) }))
  const seen = await post(service, '/oauth2/introspect', { token, ...(await proof()) })
  if (seen.body.active !== true) throw new Error('an API could not look at its token')
}

export async function useAndRefresh(party: Party, tokens: Tokens): Promise<Tokens> {
  const headers = { authorization: `Bearer ${tokens.access_token}` }
  await send(party, { method: 'GET', path: '/oauth2/userinfo', headers })
  await post(party, '/oauth2/introspect', { token: tokens.refresh_token })
  return fine(await refresh(party, tokens.refresh_token)) as unknown as Tokens
}

/** A client registers itself, changes its record and leaves. */
export async function register(stage: Stage): Promise<void> {
  const { initial_access_token: token } = await stage.sojourn('client create-token --for 10m')
  const ask = (method: string, path: string, bearer: unknown, body?: object) => {
    const type = body ? { 'content-type': 'application/json' } : {}
    const headers = { authorization: `Bearer ${bearer}`, ...type }
    return fetch(`${stage.issuer}${path}`, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
    })
  }
  const metadata = { client_name: 'Self', redirect_uris: [REDIRECT] }
  const made = await (await ask('POST', '/oauth2/register', token, metadata)).json()
  const path = `/oauth2/register/${made.client_id}`
  const update = { ...metadata, client_id: made.client_id, client_name: 'Renamed' }
  const changed = await (await ask('PUT', path, made.registration_access_token, update)).json()
  const { status } = await ask('GET', path, changed.registration_access_token)
  if (status !== 200) throw new Error(`a client could not read its record: ${status}`)
}

/** Adds an authenticator app, and logs in elsewhere by one of the recovery codes that came with it. */
export async function addFactor(stage: Stage, { browser }: Cast): Promise<void> {
  const offer = await browser.open(`${stage.issuer}/account/security/authenticator`)
  const secret = /<code class="secret">([^<]+)</.exec(offer.html)?.[1]?.replaceAll(' ', '') ?? ''
  stage.wire.note('totp_secret', secret)
  const code = new TOTP({ secret }).generate()
  const { html } = await browser.press(offer, 'Add it', { code, name: 'Telephone' })
  const codes = [...html.matchAll(/<li>([0-9a-z-]{23})<\/li>/g)].map(([, one]) => one ?? '')
  for (const one of codes) stage.wire.note('recovery', one.replaceAll('-', ''))

  const elsewhere = browse(AGENT)
  const login = await elsewhere.open(`${stage.issuer}/login`)
  const asked = await loggedIn(elsewhere, login)
  const account = await elsewhere.press(asked, 'Use this code', { recovery: codes[0] ?? '' })
  if (account.url.pathname !== '/account') throw new Error(`not let in: ${account.html}`)
}

export async function revokeOne(party: Party, { access_token: token }: Tokens): Promise<void> {
  fine(await revoke(party, token))
}

export async function logOut({ browser, web }: Cast, { id_token: hint }: Tokens): Promise<void> {
  const query = new URLSearchParams({ id_token_hint: hint, state: secret('state') })
  const { html, status } = await browser.open(`${web.issuer}/oauth2/logout?${query}`)
  if (status !== 200 || html.includes('name="reach"'))
    throw new Error(`not logged out: ${status} ${html}`)
}

function fine({ status, body }: Answer): Record<string, unknown> {
  if (status >= 300) throw new Error(`refused: ${status} ${JSON.stringify(body)}`)
  return body
}

function secret(kind: string): string {
  return `${kind}-${randomBytes(12).toString('hex')}`
}
