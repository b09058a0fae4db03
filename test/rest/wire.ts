import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** All that passed between the world and a server and was nobody else's business. */
export interface Wire {
  readonly port: number
  /** Values by the names under which they passed; what came several times is there once. */
  readonly secrets: ReadonlyMap<string, ReadonlySet<string>>
  note(name: string, value: string): void
  close(): Promise<void>
}

/** Names of what anybody may know. A name that is not here is a secret's. */
const PUBLIC = new Set(
  `acr amr aud active client_assertion_type client_id client_name client_uri decision detail email
  error error_description exp expires_in family_name given_name grant_type grant_types iat id identifier iss jkt
  jti
  locale name offline_sid post_logout_redirect_uri post_logout_redirect_uris preferred_username prompt reach
  redirect_uri redirect_uris registration_client_uri resource response_type response_types scope
  session_id sid sub token_endpoint_auth_method token_type token_type_hint updated_at username
  workspace workspace_id workspace_roles workspace_slug application_type subject_type session_expiry
  code_challenge_method id_token_signed_response_alg client_id_issued_at`.split(/\s+/),
)
/** Shorter than any secret here; the words of the protocol are. */
const SHORTEST = 16

/** A reverse proxy in front of a server, as an operator has one: it names the client's address. */
export async function listenOnTheWire(address: string, target: () => number): Promise<Wire> {
  const secrets = new Map<string, Set<string>>()

  function note(name: string, value: string): void {
    if (PUBLIC.has(name) || value.length < SHORTEST) return
    secrets.set(name, (secrets.get(name) ?? new Set()).add(value))
  }

  const server = createServer(async (incoming, outgoing) => {
    const body = await read(incoming)
    noteHeaders(note, incoming.headers)
    noteAddress(note, incoming.url ?? '')
    noteBody(note, incoming.headers, body)
    const forwarded = request({
      port: target(),
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, 'x-forwarded-for': address },
    })
    forwarded.end(body)
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage]
    const answered = await read(answer)
    noteHeaders(note, answer.headers)
    noteAddress(note, answer.headers.location ?? '')
    noteBody(note, answer.headers, answered)
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(answered)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    secrets,
    note,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

type Note = Wire['note']

async function read(message: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await message.toArray())
}

function noteHeaders(note: Note, headers: IncomingHttpHeaders): void {
  const { authorization = '', dpop, cookie = '', 'set-cookie': given = [] } = headers
  const [scheme = '', shown = ''] = authorization.split(' ')
  note(`authorization ${scheme}`, shown)
  if (scheme === 'Basic')
    note('client_secret', `${Buffer.from(shown, 'base64')}`.split(':')[1] ?? '')
  if (typeof dpop === 'string') note('dpop', dpop)
  for (const pair of [...cookie.split('; '), ...given.map((line) => line.split(';', 1)[0] ?? '')]) {
    const [name = '', ...value] = pair.split('=')
    note(`cookie ${name}`, value.join('='))
  }
}

function noteAddress(note: Note, text: string): void {
  const url = URL.parse(text, 'http://here')
  const [, uid] = /^\/(?:interaction|oauth2\/authorize)\/([^/]+)/.exec(url?.pathname ?? '') ?? []
  if (uid) note('interaction', uid)
  for (const [name, value] of url?.searchParams ?? []) note(name, value)
}

function noteBody(note: Note, headers: IncomingHttpHeaders, body: Buffer): void {
  const type = headers['content-type'] ?? ''
  const text = body.toString()
  if (type.startsWith('application/x-www-form-urlencoded'))
    for (const [name, value] of new URLSearchParams(text)) note(name, value)
  else if (type.startsWith('application/json'))
    for (const [name, value] of Object.entries(JSON.parse(text)))
      if (typeof value === 'string') note(name, value)
}
