import { z } from 'zod'
import type { Client } from '../../clients/client.ts'
import { decodeStrict } from '../../crypto/base64url.ts'
import { DomainError } from '../../errors.ts'
import { parse } from '../middleware/parse.ts'
import type { InteractionDeps } from './deps.ts'

type Deps = Pick<InteractionDeps, 'registry' | 'oidc'>

/** RP-Initiated Logout 1.0 §2; what is not named here is ignored. */
const parameters = z.object({
  id_token_hint: z.string().max(8192).optional(),
  client_id: z.string().max(128).optional(),
  post_logout_redirect_uri: z.string().max(2048).optional(),
  state: z.string().max(2048).optional(),
  logout_hint: z.string().max(1024).optional(),
  ui_locales: z.string().max(256).optional(),
})

const claims = z.object({ aud: z.string(), sub: z.string(), sid: z.string().optional() })
export type Hint = z.infer<typeof claims>

/** A request to log out that was judged: whom it comes from, and where it may lead. */
export interface LogoutRequest {
  readonly client: Client | null
  /** Claims of an ID token that we signed for this client, however old. */
  readonly hint: Hint | null
  /** Registered by the client, with `state`; null for our own page. */
  readonly redirect: string | null
  /** What is left of the request when the person is asked. */
  readonly query: string
}

export async function readLogoutRequest(deps: Deps, input: unknown): Promise<LogoutRequest> {
  const asked = parse(parameters, input)
  const hint = asked.id_token_hint === undefined ? null : await openHint(deps, asked.id_token_hint)
  if (hint && asked.client_id !== undefined && asked.client_id !== hint.aud)
    throw new DomainError('invalid_request', 'the hint was made for another client')

  const clientId = hint?.aud ?? asked.client_id
  const client = clientId === undefined ? null : await knownClient(deps, clientId)
  return { client, hint, redirect: redirectOf(client, asked), query: queryOf(client, asked) }
}

async function knownClient({ registry }: Deps, clientId: string): Promise<Client> {
  const { client } = await registry({ clientId, resource: null })
  if (!client) throw new DomainError('invalid_request', 'the application is not known')
  return client
}

/** The claims of an ID token of ours; its age does not matter, its signature does. */
async function openHint({ oidc }: Deps, jwt: string): Promise<Hint> {
  const provider = oidc.provider()
  const client = await provider.Client.find(readClaims(jwt).aud)
  if (!client) throw new DomainError('invalid_request', 'the hint is of an unknown client')
  try {
    const { header, payload } = await provider.IdToken.validate(jwt, client)
    // Other tokens of ours say what they are (RFC 8725 §3.11), and none of them stands for this one.
    if (header.typ === undefined || header.typ === 'JWT') return claims.parse(payload)
  } catch (cause) {
    throw new DomainError('invalid_request', 'the hint is no ID token of ours', { cause })
  }
  throw new DomainError('invalid_request', 'the hint is another kind of token')
}

function readClaims(jwt: string): Hint {
  const [, body = ''] = jwt.split('.')
  try {
    return claims.parse(JSON.parse(String(decodeStrict(body))))
  } catch (cause) {
    throw new DomainError('invalid_request', 'the hint is no ID token', { cause })
  }
}

type Parameters = z.infer<typeof parameters>

/** Compared letter by letter; without a client to have registered it, an address leads nowhere. */
function redirectOf(client: Client | null, asked: Parameters): string | null {
  const { post_logout_redirect_uri: uri, state } = asked
  if (uri === undefined || !client) return null
  if (!client.metadata.post_logout_redirect_uris?.includes(uri))
    throw new DomainError('invalid_request', 'the address to return to is not registered', {
      details: { parameter: 'post_logout_redirect_uri' },
    })
  if (state === undefined) return uri
  const url = new URL(uri)
  url.searchParams.set('state', state)
  return url.href
}

function queryOf(client: Client | null, asked: Parameters): string {
  const { post_logout_redirect_uri: uri, state } = asked
  return new URLSearchParams({
    ...(client ? { client_id: client.clientId } : {}),
    ...(client && uri !== undefined ? { post_logout_redirect_uri: uri } : {}),
    ...(client && state !== undefined ? { state } : {}),
  }).toString()
}
