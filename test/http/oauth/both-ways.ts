import { decodeJwt, decodeProtectedHeader } from 'jose'
import { send } from '../../support/relying-party.ts'
import { expect, type Node } from '../../support/world.ts'

const FORM = 'application/x-www-form-urlencoded'
/** Means the same to the library and is not plain enough for the short way. */
const LONG_WAY = `${FORM}; way=long`

export interface Ask {
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body: string
}

export const formOf = (fields: Record<string, string>) => String(new URLSearchParams(fields))

export const basic = (id: string, secret: string | null) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

type Way = 'short' | 'long'

/** What a client can see of the answer to a request, and whether the library was asked for it. */
export async function answerBy(
  way: Way,
  node: Node,
  { path = '/oauth2/token', headers, body }: Ask,
) {
  const type = way === 'short' ? FORM : LONG_WAY
  const length = String(Buffer.byteLength(body))
  let short = true
  const heard = () => {
    short = false
  }
  const provider = node.services.oidc.provider()
  for (const event of ['grant.success', 'grant.error']) provider.on(event as never, heard)
  const sent = { 'content-type': type, 'content-length': length, ...headers }
  const answer = await send(node, { method: 'POST', path, headers: sent, body })
  for (const event of ['grant.success', 'grant.error']) provider.off(event, heard)
  return { ...answer, short }
}

/** The same answer, the one that was made by the short way first. */
export async function bothWays(node: Node, ask: Ask, order: readonly Way[] = ['short', 'long']) {
  const answers = { short: null as Seen | null, long: null as Seen | null }
  let short = false
  for (const way of order) {
    const answer = await answerBy(way, node, ask)
    if (way === 'short') short = answer.short
    answers[way] = await seenIn(node, answer)
  }
  return { ours: answers.short!, library: answers.long!, short }
}

/** Asks each both ways and in three moods, and tells which ones the short way answered. */
export async function compared(node: Node, asks: Readonly<Record<string, Ask>>): Promise<string[]> {
  const decided: string[] = []
  for (const [name, ask] of Object.entries(asks))
    for (const accept of ['', 'text/html', 'application/json, text/html;q=0.1']) {
      const headers = { ...ask.headers, ...(accept && { accept }) }
      const { ours, library, short } = await bothWays(node, { ...ask, headers })
      expect(ours, `${name}, ${accept}`).toEqual(library)
      expect(ours.status, name).toBeLessThan(500)
      if (short && accept === '') decided.push(`${name}: ${ours.status}`)
    }
  return decided
}

type Seen = Awaited<ReturnType<typeof seenIn>>

/** An answer without what no two answers share: numbers of requests and tokens, and times. */
export async function seenIn(node: Node, answer: Awaited<ReturnType<typeof send>>) {
  const { date: _, 'x-request-id': __, 'content-length': ___, ...headers } = answer.headers
  const { status, text } = answer
  return { status, headers, body: await read(node, text) }
}

async function read(node: Node, text: string): Promise<unknown> {
  if (!text.startsWith('{')) return text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '#')
  const body = JSON.parse(text) as Record<string, unknown>
  const { access_token: access, id_token: id } = body
  return {
    ...body,
    ...('request_id' in body && { request_id: '#' }),
    ...(typeof access === 'string' && { access_token: await accessToken(node, access) }),
    ...(typeof id === 'string' && { id_token: decoded(id) }),
  }
}

async function accessToken(node: Node, token: string) {
  if (token.startsWith('eyJ')) return decoded(token)
  const { services } = node
  const provider = services.oidc.provider()
  const found =
    (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token))
  if (!found) throw new Error('no access token')
  return { ...withoutNumbers(found as never), form: token.replace(/\.[\w-]+$/, '') }
}

function decoded(jwt: string) {
  return { header: decodeProtectedHeader(jwt), claims: withoutNumbers(decodeJwt(jwt)) }
}

/** `lives` for the times; a number of some kind stays. */
function withoutNumbers(claims: Record<string, unknown>) {
  const { iat, exp, jti, ...rest } = claims
  return {
    ...rest,
    lives: Number(exp) - Number(iat),
    ...(jti !== undefined && { jti: typeof jti }),
  }
}
