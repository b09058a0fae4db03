import { createHash, randomBytes } from 'node:crypto'
import type { Browser } from './world.ts'

/** A relying party reduced to its requests, for tests of what the server answers to each. */
export interface Party {
  readonly issuer: string
  readonly clientId: string
  readonly secret: string | null
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Headers
}

const REDIRECT = 'https://rp.example/callback'

/** Sends an authorization request with a browser's cookie; the redirect's parameters come back. */
export async function authorize(
  party: Party,
  browser: Browser,
  params: Record<string, string> = {},
): Promise<{
  readonly params: URLSearchParams
  readonly verifier: string
  readonly location: string
}> {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: party.clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid profile',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...params,
  })
  const response = await fetch(`${party.issuer}/oauth2/authorize?${query}`, {
    headers: { cookie: browser.cookie },
    redirect: 'manual',
  })
  const location = response.headers.get('location') ?? ''
  if (!location)
    throw new Error(`no redirect: ${response.status} ${response.url} ${await response.text()}`)
  return { params: new URL(location, party.issuer).searchParams, verifier, location }
}

export async function redeem(
  party: Party,
  code: string,
  verifier: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT,
    code_verifier: verifier,
  }
  return post(party, '/oauth2/token', form, headers)
}

/** A code and its redemption in one go. */
export async function signIn(
  party: Party,
  browser: Browser,
  params: Record<string, string> = {},
): Promise<Answer> {
  const { params: result, verifier } = await authorize(party, browser, params)
  const code = result.get('code')
  if (!code) throw new Error(`no code: ${result}`)
  return redeem(party, code, verifier)
}

export async function refresh(
  party: Party,
  token: string,
  params: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = { grant_type: 'refresh_token', refresh_token: token, ...params }
  return post(party, '/oauth2/token', form, headers)
}

export const introspect = (party: Party, token: string) =>
  post(party, '/oauth2/introspect', { token })

export const revoke = (party: Party, token: string) => post(party, '/oauth2/revoke', { token })

export async function post(
  party: Party,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const credentials = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64')
  const auth: Record<string, string> = party.secret ? { authorization: `Basic ${credentials}` } : {}
  const body = new URLSearchParams(party.secret ? form : { ...form, client_id: party.clientId })
  const response = await fetch(party.issuer + path, {
    method: 'POST',
    headers: { ...auth, ...headers },
    body,
  })
  const text = await response.text()
  return {
    status: response.status,
    body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
    headers: response.headers,
  }
}
