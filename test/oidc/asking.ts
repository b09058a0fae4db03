import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createResource } from '../../src/clients/create-resource.ts'
import { heldIn, offlineCode, visitOn } from '../sessions/place.ts'
import type { Stage } from '../sessions/stage.ts'
import {
  type Answer,
  authorize,
  introspect,
  type Party,
  post,
  redeem,
  refresh,
  send,
} from '../support/relying-party.ts'
import { assertions, dpopProofs } from './proofs.ts'

const API = 'https://api.example/'
export const FOR_API = { scope: 'openid profile read', resource: API }
export const FOR_SERVICE = { grant_type: 'client_credentials' }
export const FOR_SERVICE_AT_API = { ...FOR_SERVICE, resource: API, scope: 'read' }

type Params = Readonly<Record<string, string>>

/** A request that can be sent again and again, with all that came before it done. */
export type Ask = () => Promise<Answer>

/** A client, and a person in a browser who has said yes to it. */
export interface Customer {
  readonly party: Party
  authorized(params?: Params): ReturnType<typeof authorize>
}

export async function customerOf({ node, given }: Stage, metadata: object = {}): Promise<Customer> {
  const grant_types = ['authorization_code', 'refresh_token', 'client_credentials']
  const isPublic = 'token_endpoint_auth_method' in metadata && !('jwks' in metadata)
  const client = await given.client({
    grant_types: isPublic ? grant_types.slice(0, 2) : grant_types,
    scope: 'openid profile read',
    ...metadata,
  })
  const user = await given.user()
  const scopes = { openid: ['openid', 'profile'], resources: { [API]: ['read'] } }
  await given.consent(user, await given.workspace(user), client, scopes)
  const browser = await given.browser(user)
  const party = { issuer: node.issuer, ...client }
  return { party, authorized: (params = {}) => authorize(party, browser, params) }
}

/** What customers ask tokens for. */
export async function openApi({ node }: Stage): Promise<void> {
  await createResource(node.services.db, {
    description: { identifier: API, name: 'API', scopes: ['read'], tokenFormat: 'jwt' },
    by: { kind: 'operator' },
  })
}

export async function tokensOf(customer: Customer, params: Params = {}): Promise<Tokens> {
  const { params: told, verifier } = await customer.authorized(params)
  return issued(await redeem(customer.party, told.get('code') ?? '', verifier))
}

interface Tokens {
  readonly access: string
  readonly refresh: string
}

function issued({ status, body }: Answer): Tokens {
  if (status !== 200) throw new Error(JSON.stringify(body))
  return { access: String(body.access_token), refresh: String(body.refresh_token) }
}

/** Refreshes with the newest token each time. */
export async function refreshing(
  stage: Stage,
  metadata: object = {},
  params: Params = {},
): Promise<Ask> {
  const customer = await customerOf(stage, metadata)
  return renewing(customer.party, (await tokensOf(customer, params)).refresh)
}

function renewing(party: Party, first: string, proof: Proof = async () => ({})): Ask {
  let token = first
  return async () => {
    const { form, headers } = await proof()
    const answer = await refresh(party, token, form, headers)
    token = String(answer.body.refresh_token ?? token)
    return answer
  }
}

type Proof = () => Promise<{
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string>
}>

export async function refreshingOffline(stage: Stage): Promise<Ask> {
  const visit = await visitOn(stage)
  const { code } = heldIn(await offlineCode(visit))
  const { refresh: token } = issued(await redeem(visit.party, code!.code, code!.verifier))
  return renewing(visit.party, token)
}

export async function refreshingBound(stage: Stage): Promise<Ask> {
  const customer = await customerOf(stage)
  const prove = await dpopProofs(stage.node.issuer)
  const { params, verifier } = await customer.authorized()
  const code = params.get('code') ?? ''
  const { refresh: token } = issued(await redeem(customer.party, code, verifier, await prove()))
  return renewing(customer.party, token, async () => ({ headers: await prove() }))
}

export async function refreshingAsserted(stage: Stage): Promise<Ask> {
  const { metadata, assertionOf } = await assertions()
  const { party, authorized } = await customerOf(stage, metadata)
  const { params, verifier } = await authorized()
  const form = {
    grant_type: 'authorization_code',
    code: params.get('code') ?? '',
    redirect_uri: 'https://rp.example/callback',
    code_verifier: verifier,
    ...(await assertionOf(party)),
  }
  const { refresh: token } = issued(await post(party, '/oauth2/token', form))
  return renewing(party, token, async () => ({ form: await assertionOf(party) }))
}

/** Presents a token that was replaced a moment ago, as one more tab does. */
export async function refreshingLate(stage: Stage): Promise<Ask> {
  const customer = await customerOf(stage)
  const { refresh: token } = await tokensOf(customer)
  await refresh(customer.party, token)
  return () => refresh(customer.party, token)
}

/** Looks at a token of this or of its own. */
export async function introspecting(stage: Stage, token: string | Params): Promise<Ask> {
  const customer = await customerOf(stage)
  const access = typeof token === 'string' ? token : (await tokensOf(customer, token)).access
  return () => introspect(customer.party, access)
}

export async function introspectingService(stage: Stage, form: Params): Promise<Ask> {
  const { party } = await customerOf(stage)
  const { body } = await post(party, '/oauth2/token', form)
  return () => introspect(party, String(body.access_token))
}

/** Asks about the person in whose name a token of its own is. */
export async function askingAboutPerson(stage: Stage): Promise<Ask> {
  const customer = await customerOf(stage)
  const { access } = await tokensOf(customer)
  const headers = { authorization: `Bearer ${access}` }
  return async () => {
    const sent = { method: 'GET', path: '/oauth2/userinfo', headers }
    const { text, ...answer } = await send(customer.party, sent)
    return { ...answer, body: JSON.parse(text) as Answer['body'] }
  }
}

export async function serving(stage: Stage, form: Params): Promise<Ask> {
  const { party } = await customerOf(stage)
  return () => post(party, '/oauth2/token', form)
}

/** Resolves when the servers of this process have got so many more requests. */
export function requestsBegun(count: number): Promise<void> {
  const channel = 'http.server.request.start'
  return new Promise((resolve) => {
    let left = count
    subscribe(channel, function heard() {
      left -= 1
      if (left > 0) return
      unsubscribe(channel, heard)
      resolve()
    })
  })
}
