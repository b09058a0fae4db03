import type { KoaContextWithOIDC, Grant as LibraryGrant } from 'oidc-provider'
import type { Client } from '../clients/client.ts'
import { covers } from '../consent/consent.ts'
import type { Coming } from '../sessions/limits/coming.ts'
import { LimitReached } from '../sessions/limits/limit-reached.ts'
import { lookForRoom } from '../sessions/limits/make-room.ts'
import { endExpired, enterWorkspace } from '../sessions/login/enter-workspace.ts'
import { grantFor } from '../sessions/login/grant-for.ts'
import { grantPayload } from './adapters/grant-adapter.ts'
import { meetsAsked } from './asked-level.ts'
import { contextOf } from './context-of.ts'
import type { OidcDeps } from './deps.ts'
import { type PersonCheck, type Place, personAt, personNow } from './person.ts'
import { requireState } from './request-state.ts'
import { requestedScopes } from './requested-scopes.ts'
import { resolvedIn } from './resolve-workspace.ts'
import { sidOf } from './session-claims.ts'

/**
 * The grant that a request runs under, if the person's standing consent covers something of it.
 *
 * Only here, when nothing more has to be asked, does a login enter a workspace: a session without
 * anyone's yes never comes to be.
 */
export function loadExistingGrant(deps: OidcDeps) {
  return async (ctx: KoaContextWithOIDC): Promise<LibraryGrant | undefined> => {
    if (!ctx.oidc.session?.accountId || mustProve(ctx)) return undefined
    const client = requireState().clients.get(ctx.oidc.client!.clientId)
    const person = client && (await personPresent(deps, ctx))
    const place = person && consentedPlace(ctx, person)
    return place ? grantIn(deps, ctx, { client, person, place }) : undefined
  }
}

/** A fresh proof is asked for and has not been given: nothing is entered on the strength of the old. */
function mustProve(ctx: KoaContextWithOIDC): boolean {
  const { prompts, result, session, params = {} } = ctx.oidc
  return (prompts.has('login') && !result?.login) || !meetsAsked(session?.acr, params)
}

/** The person, with no session in their way that time has ended. */
async function personPresent(deps: OidcDeps, ctx: KoaContextWithOIDC): Promise<PersonCheck> {
  const person = await personAt(deps, ctx)
  const place = consentedPlace(ctx, person)
  return place && (await endExpired(deps, place.foothold)) ? personNow(deps, ctx) : person
}

function consentedPlace(ctx: KoaContextWithOIDC, person: PersonCheck): Consented | null {
  const resolved = resolvedIn(ctx, person)
  if (resolved.state !== 'resolved') return null
  const { consented } = resolved.place
  if (!consented || !covers({ scopes: consented }, requestedScopes(ctx))) return null
  return { ...resolved.place, consented }
}

type Consented = Place & { readonly consented: NonNullable<Place['consented']> }

interface Arriving {
  readonly client: Client
  readonly person: PersonCheck
  readonly place: Consented
}

async function grantIn(
  deps: OidcDeps,
  ctx: KoaContextWithOIDC,
  { client, person: { login, user }, place }: Arriving,
): Promise<LibraryGrant | undefined> {
  const state = requireState()
  const context = contextOf(ctx)
  const entered =
    login && (await enterWorkspace(deps, { ...place, login, clientId: client.id, context }))
  state.barred = !entered
  if (!entered) return undefined
  state.full = entered.coming && (await reachedBy(deps, entered.coming))
  if (state.full) return undefined

  const { session } = entered
  const grant = grantFor(place.foothold.grant, place.consented, session.readAt)
  state.arriving = { ...entered, clientId: client.id, grant }
  state.checked = {
    session,
    grantId: grant.id,
    epoch: grant.epoch,
    scopes: grant.scopes,
    clientName: client.clientId,
    createdAt: grant.createdAt,
    user,
    // No token is made here.
    elevated: null,
  }
  ctx.oidc.session!.sidFor(client.clientId, sidOf(deps, client, session.id))
  return new ctx.oidc.provider.Grant(grantPayload(state.checked) as never)
}

/** Told before anybody is asked for more; whether there is room is decided once more, under locks. */
async function reachedBy({ db }: OidcDeps, coming: Coming): Promise<LimitReached | null> {
  const room = await lookForRoom(db, coming)
  return room.outcome === 'admitted' ? null : new LimitReached(room.outcome, room.reached)
}
