import { createHash, randomBytes } from 'node:crypto'
import { Pool } from 'undici'
import type { Side } from './child.ts'
import { WORKERS } from './load.ts'
import { FINISH } from './servers/interactions.ts'

/** A relying party and its browsers, the same for both sides. */
export interface Party extends Side {
  readonly pool: Pool
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
}

const REDIRECT = 'https://rp.example/callback'
const SCOPE = 'openid profile'

export function partyOf(side: Side): Party {
  return { ...side, pool: new Pool(side.origin, { connections: WORKERS, pipelining: 1 }) }
}

/** A POST of a form by the client, authenticated by client_secret_basic. */
export async function postForm<T>(
  party: Party,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<T> {
  const credentials = `${party.clientId}:${party.clientSecret}`
  const { statusCode, body } = await party.pool.request({
    path,
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${text}`)
  return JSON.parse(text) as T
}

export async function getUserinfo(party: Party, token: string): Promise<void> {
  const { statusCode, body } = await party.pool.request({
    path: '/oauth2/userinfo',
    method: 'GET',
    headers: { authorization: `Bearer ${token}` },
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`userinfo answered ${statusCode}: ${text}`)
}

/**
 * A whole login as a browser and its application make it: authorization request, interaction,
 * resumption, code, tokens; four requests, each followed by hand.
 */
export async function logIn(party: Party): Promise<Tokens> {
  const jar: Jar = new Map()
  const verifier = randomBytes(32).toString('base64url')
  const asked = await visit(party, jar, { address: authorizationPath(party, verifier) })
  const finished = await visit(party, jar, { address: asked, headers: { [FINISH]: 'yes' } })
  const resumed = await visit(party, jar, { address: finished })
  const code = new URL(resumed).searchParams.get('code')
  if (!code) throw new Error('the login gave no code')
  return postForm<Tokens>(party, '/oauth2/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT,
    code_verifier: verifier,
  })
}

/** Opens a login page in a browser of its own; what comes back types a password and sends it. */
export async function openLoginPage(
  party: Party,
): Promise<(username: string, password: string) => Promise<void>> {
  const jar: Jar = new Map()
  const address = await visit(party, jar, { address: authorizationPath(party, 'x'.repeat(43)) })
  const { body, headers } = await party.pool.request({
    path: pathOf(party, address),
    method: 'GET',
    headers: { cookie: cookiesOf(jar) },
  })
  keepAll(jar, headers['set-cookie'])
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(await body.text()) ?? []
  return async (username, password) => {
    const form = new URLSearchParams({ csrf, username, password }).toString()
    await visit(party, jar, { address: `${address}/login`, form })
  }
}

function authorizationPath({ clientId }: Party, verifier: string): string {
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: SCOPE,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  return `/oauth2/authorize?${query}`
}

type Jar = Map<string, string>

interface Visit {
  readonly address: string
  readonly form?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Where a browser is sent next. */
async function visit(party: Party, jar: Jar, { address, form, headers }: Visit): Promise<string> {
  const answer = await party.pool.request({
    path: pathOf(party, address),
    method: form === undefined ? 'GET' : 'POST',
    headers: {
      cookie: cookiesOf(jar),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    body: form ?? null,
  })
  const text = await answer.body.text()
  keepAll(jar, answer.headers['set-cookie'])
  const { location } = answer.headers
  if (typeof location === 'string') return location
  throw new Error(`${address} answered ${answer.statusCode}: ${text}`)
}

function pathOf({ origin }: Party, address: string): string {
  return address.startsWith('/') ? address : address.slice(origin.length)
}

function cookiesOf(jar: Jar): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
}

function keepAll(jar: Jar, cookies: string | readonly string[] = []): void {
  for (const cookie of [cookies].flat()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    if (value === '') jar.delete(name)
    else jar.set(name, value)
  }
}
