import { createHash, randomBytes } from 'node:crypto'
import { Pool } from 'undici'
import type { Side } from './child.ts'
import { WORKERS } from './load.ts'

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
 * resumption, code, tokens; four requests, each followed by hand. `form` is what the person posts.
 */
export async function logIn(party: Party, form: string | null): Promise<Tokens> {
  const jar = new Map<string, string>()
  const verifier = randomBytes(32).toString('base64url')
  const asked = await visit(party, jar, authorizationPath(party, verifier))
  const finished = await visit(party, jar, asked, form)
  const code = new URL(await visit(party, jar, finished)).searchParams.get('code')
  if (!code) throw new Error('the login gave no code')
  return postForm<Tokens>(party, '/oauth2/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT,
    code_verifier: verifier,
  })
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

/** Where a browser is sent next. */
async function visit(
  party: Party,
  jar: Map<string, string>,
  address: string,
  form: string | null = null,
): Promise<string> {
  const { statusCode, headers, body } = await party.pool.request({
    path: address.startsWith('/') ? address : address.slice(party.origin.length),
    method: form === null ? 'GET' : 'POST',
    headers: {
      cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    body: form,
  })
  const text = await body.text()
  for (const cookie of [headers['set-cookie'] ?? []].flat()) keep(jar, cookie)
  const { location } = headers
  if (typeof location !== 'string') throw new Error(`${address} answered ${statusCode}: ${text}`)
  return location
}

function keep(jar: Map<string, string>, cookie: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
  if (value === '') jar.delete(name)
  else jar.set(name, value)
}
