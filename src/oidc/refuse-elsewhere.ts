import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { appendOnceAMinute } from '../audit/append-entry.ts'
import type { PresentedToken } from '../sessions/tokens/present-refresh-token.ts'
import { contextOf } from './context-of.ts'
import type { OidcDeps } from './deps.ts'
import { ALREADY_USED } from './move-family-on.ts'
import { requireState } from './request-state.ts'

/**
 * Runs after client and key have proved themselves and before anything is made. In the grace
 * window a public client's token is good on the device that rotated it, and nowhere else.
 */
export async function refuseElsewhere(deps: OidcDeps, ctx: KoaContextWithOIDC): Promise<boolean> {
  const { presented } = requireState()
  if (presented?.verdict !== 'grace_elsewhere') return true
  await writeDown(deps, ctx, presented)
  const { session } = presented.check
  deps.publish({ kind: 'refresh', outcome: 'grace_elsewhere', session: session.id })
  throw new errors.InvalidGrant(ALREADY_USED)
}

async function writeDown(
  { db, auditKeys }: OidcDeps,
  ctx: KoaContextWithOIDC,
  { check, generation }: PresentedToken,
): Promise<void> {
  const { workspaceId, readAt: at } = check.session
  await appendOnceAMinute(db, {
    action: 'family.presented_elsewhere',
    actor: { kind: 'client', id: check.client.clientId },
    subject: { kind: 'family', id: check.family.id },
    workspaceId,
    detail: { presented: generation, session: check.session.id },
    context: await auditKeys.seal(db, { workspaceId, at }, contextOf(ctx)),
  })
}
