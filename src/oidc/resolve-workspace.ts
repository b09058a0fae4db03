import type { KoaContextWithOIDC } from 'oidc-provider'
import { parseId, type UserId, type WorkspaceId } from '../ids.ts'
import { membershipOf, workspacesOf } from '../workspaces/find-membership.ts'
import { findWorkspace } from '../workspaces/find-workspace.ts'
import type { OidcDeps } from './deps.ts'

export type Resolved =
  | { readonly state: 'resolved'; readonly workspaceId: WorkspaceId; readonly asked: boolean }
  /** None was named and the person has several. */
  | { readonly state: 'open' }
  /** One was named that the person is no member of, or that is not there: they read the same. */
  | { readonly state: 'not_a_member' }

const memo = new WeakMap<object, Promise<Resolved>>()

/** Which workspace an authorization request is about, for the person logged in; read once a request. */
export function resolveWorkspace(deps: OidcDeps, ctx: KoaContextWithOIDC): Promise<Resolved> {
  const account = ctx.oidc.session?.accountId
  const known = memo.get(ctx.req)
  if (known) return known
  const resolved = resolve(deps, ctx, parseId('usr', account))
  memo.set(ctx.req, resolved)
  return resolved
}

async function resolve(
  deps: OidcDeps,
  ctx: KoaContextWithOIDC,
  userId: UserId | null,
): Promise<Resolved> {
  if (!userId) return { state: 'open' }
  const picked = pickedIn(ctx)
  const named = ctx.oidc.params?.workspace
  if (picked) return ofMember(deps, userId, picked, true)
  if (typeof named === 'string') {
    const workspace = await findWorkspace(deps.db, named)
    return workspace ? ofMember(deps, userId, workspace.id, true) : { state: 'not_a_member' }
  }
  const [only, ...others] = await workspacesOf(deps.db, userId)
  if (!only) return { state: 'not_a_member' }
  if (others.length > 0) return { state: 'open' }
  return { state: 'resolved', workspaceId: only.workspace.id, asked: false }
}

async function ofMember(
  deps: OidcDeps,
  userId: UserId,
  workspaceId: WorkspaceId,
  asked: boolean,
): Promise<Resolved> {
  const membership = await membershipOf(deps.db, userId, workspaceId)
  return membership ? { state: 'resolved', workspaceId, asked } : { state: 'not_a_member' }
}

/** What the person chose in the picker; consent, which comes later, carries it on. */
function pickedIn(ctx: KoaContextWithOIDC): WorkspaceId | null {
  const result = ctx.oidc.result as { workspace?: { id?: unknown } } | undefined
  return parseId('wsp', result?.workspace?.id)
}
