import type { RouterContext } from '@koa/router'
import { errors, type InteractionResults, type Provider } from 'oidc-provider'
import type { Client } from '../../clients/client.ts'
import { DomainError } from '../../errors.ts'
import type { Login } from '../../sessions/login/login.ts'
import { browserLogin } from './browser-login.ts'
import type { InteractionDeps } from './deps.ts'
import { nameOfClient } from './display-name.ts'
import { goOn } from './show.ts'

/** What a person is asked by one step of an authorization request, and who is being asked. */
export interface OpenInteraction {
  readonly details: Awaited<ReturnType<Provider['interactionDetails']>>
  readonly path: string
  readonly client: Client
  readonly clientName: string
  /** Where the request ends, whatever is answered. */
  readonly redirectUri: string
  /** The login that this browser holds now, whoever began the request. */
  readonly login: Login | null
}

/** The interaction of this address, which only the browser that began it can open. */
export async function openInteraction(
  deps: InteractionDeps,
  ctx: RouterContext,
): Promise<OpenInteraction> {
  const details = await findDetails(deps, ctx)
  const { client_id: clientId, redirect_uri: redirectUri } = details.params
  const { client } = await deps.registry({ clientId: String(clientId), resource: null })
  if (!client) throw new DomainError('client_not_found', 'the application is not known any more')

  return {
    details,
    path: `/interaction/${details.uid}`,
    client,
    clientName: nameOfClient(client),
    redirectUri: String(redirectUri),
    login: await browserLogin(deps, ctx),
  }
}

async function findDetails(deps: InteractionDeps, ctx: RouterContext) {
  try {
    const details = await deps.oidc.provider().interactionDetails(ctx.req, ctx.res)
    if (details.uid === ctx.params.uid) return details
  } catch (error) {
    throw asExpired(error)
  }
  throw new DomainError('form_expired', 'the address and the cookie are of two requests')
}

/**
 * The login of the person who is asked. What they answer is stored in their name, so it must be
 * the one that this browser holds, and not only one that the request remembers.
 */
export function askedLogin({ details, login }: OpenInteraction): Login {
  if (login && details.session?.uid === login.id) return login
  throw new DomainError('form_expired', 'another person is logged in here now')
}

/** Stores an answer and lets the request go on with it, unless it is over. */
export async function answer(
  ctx: RouterContext,
  { details }: OpenInteraction,
  { keep, ...result }: InteractionResults & { readonly keep: 'earlier answers' | 'nothing' },
): Promise<void> {
  details.result = keep === 'nothing' ? result : { ...details.lastSubmission, ...result }
  await store(details)
  goOn(ctx, details.returnTo)
}

/** Puts another question in place of the present one. */
export async function askInstead(
  ctx: RouterContext,
  { details, path }: OpenInteraction,
  prompt: { readonly name: 'login' | 'workspace'; readonly reason: string },
): Promise<void> {
  details.prompt = { name: prompt.name, reasons: [prompt.reason], details: {} }
  await store(details)
  goOn(ctx, path)
}

async function store(details: OpenInteraction['details']): Promise<void> {
  try {
    await details.persist()
  } catch (error) {
    throw asExpired(error)
  }
}

function asExpired(error: unknown): unknown {
  if (!(error instanceof errors.SessionNotFound)) return error
  return new DomainError('form_expired', 'the request is over', { cause: error })
}
