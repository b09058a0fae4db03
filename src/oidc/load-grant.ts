import type { KoaContextWithOIDC, Grant as LibraryGrant } from 'oidc-provider'
import { covers } from '../consent/consent.ts'
import type { LoginId } from '../ids.ts'
import { enterWorkspace } from '../sessions/enter-workspace.ts'
import { firstGrant, grantFor } from '../sessions/grant-for.ts'
import { sidOf } from './account.ts'
import { grantPayload } from './adapters/grant-adapter.ts'
import { contextOf } from './context-of.ts'
import type { OidcDeps } from './deps.ts'
import type { Place } from './person.ts'
import { requireState } from './request-state.ts'
import { requestedScopes } from './requested-scopes.ts'
import { resolveWorkspace } from './resolve-workspace.ts'

/**
 * The grant that a request runs under, if the person's standing consent covers something of it.
 *
 * Only here, when nothing more has to be asked, does a login enter a workspace: a session without
 * anyone's yes never comes to be.
 */
export function loadExistingGrant(deps: OidcDeps) {
  return async (ctx: KoaContextWithOIDC): Promise<LibraryGrant | undefined> => {
    if (!ctx.oidc.session?.accountId || mustProve(ctx)) return undefined
    const resolved = await resolveWorkspace(deps, ctx)
    return resolved.state === 'resolved' ? grantIn(deps, ctx, resolved.place) : undefined
  }
}

async function grantIn(
  deps: OidcDeps,
  ctx: KoaContextWithOIDC,
  { workspaceId, consented }: Place,
): Promise<LibraryGrant | undefined> {
  const state = requireState()
  const client = state.clients.get(ctx.oidc.client!.clientId)
  if (!client) return undefined
  if (!consented || !covers({ scopes: consented }, requestedScopes(ctx))) return undefined

  const loginId = ctx.oidc.session!.uid as LoginId
  const entering = { loginId, workspaceId, context: contextOf(ctx) }
  const entered = await enterWorkspace(deps, entering)
  if (!entered.entered) {
    state.barred = entered.reason === 'login_required'
    return undefined
  }
  if (entered.created) deps.publish({ kind: 'session.created', session_kind: 'login' })

  const { session } = entered
  const wanted = { session, clientId: client.id, scopes: consented }
  const grant = await (entered.created ? firstGrant : grantFor)(deps.db, wanted)
  if (!grant) return undefined
  state.checked = {
    session,
    grantId: grant.id,
    epoch: grant.epoch,
    scopes: grant.scopes,
    clientName: client.clientId,
    createdAt: grant.createdAt,
    user: state.checked?.user ?? null,
  }
  ctx.oidc.session!.sidFor(client.clientId, sidOf(deps, client, session.id))
  return new ctx.oidc.provider.Grant(grantPayload(state.checked) as never)
}

/** A fresh proof is asked for and has not been given: nothing is entered on the strength of the old. */
function mustProve(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.prompts.has('login') && !ctx.oidc.result?.login
}
