import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { Browser } from './world.ts'

/** A relying party reduced to its requests, for tests of what the server answers to each. */
export interface Party {
  readonly issuer: string
  /** Another node of the same issuer, `host:port`, that the requests go to. */
  readonly via?: string
  readonly clientId: string
  readonly secret: string | null
  /** Where it has people sent back to, if not where all test clients have. */
  readonly redirectUri?: string
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: IncomingHttpHeaders
}

const REDIRECT = 'https://rp.example/callback'

/** An authorization request as its path, and the secret that redeems its code. */
export function authorizationRequest(party: Party, params: Record<string, string> = {}) {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: party.clientId,
    response_type: 'code',
    redirect_uri: party.redirectUri ?? REDIRECT,
    scope: 'openid profile',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...params,
  })
  return { path: `/oauth2/authorize?${query}`, verifier }
}

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
  const { path, verifier } = authorizationRequest(party, params)
  const headers = { cookie: browser.cookie }
  const response = await send(party, { method: 'GET', path, headers })
  const location = response.headers.location ?? ''
  if (!location) throw new Error(`no redirect: ${response.status} ${response.text}`)
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
    redirect_uri: party.redirectUri ?? REDIRECT,
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

export const userinfo = (party: Party, accessToken: string) =>
  send(party, {
    method: 'GET',
    path: '/oauth2/userinfo',
    headers: { authorization: `Bearer ${accessToken}` },
  })

export async function post(
  party: Party,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const credentials = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64')
  const auth: Record<string, string> = party.secret ? { authorization: `Basic ${credentials}` } : {}
  const fields = party.secret ? form : { ...form, client_id: party.clientId }
  const answer = await send(party, {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...auth, ...headers },
    body: String(new URLSearchParams(fields)),
  })
  const body = answer.text ? (JSON.parse(answer.text) as Record<string, unknown>) : {}
  return { status: answer.status, headers: answer.headers, body }
}

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: string
}

/** One request as it is, to the issuer or to another of its nodes under the issuer's name. */
export async function send(party: Pick<Party, 'issuer' | 'via'>, sent: Sent) {
  const issuer = new URL(party.issuer)
  const target = party.via ? new URL(`http://${party.via}`) : issuer
  const outgoing = request({
    host: target.hostname,
    port: target.port,
    method: sent.method,
    path: sent.path,
    headers: { host: issuer.host, ...sent.headers },
  })
  outgoing.end(sent.body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const chunks = await response.toArray()
  const text = Buffer.concat(chunks).toString()
  return { status: response.statusCode ?? 0, headers: response.headers, text }
}
