import type { KoaContextWithOIDC } from 'oidc-provider'
import type { OidcDeps } from './deps.ts'
import { type PersonCheck, type Place, personAt, wantedIn } from './person.ts'

export type Resolved =
  | { readonly state: 'resolved'; readonly place: Place }
  /** None was named and the person has several. */
  | { readonly state: 'open' }
  /** One was named that the person is no member of, or that is not there: they read the same. */
  | { readonly state: 'not_a_member' }

/** Which workspace an authorization request is about, for the person logged in. */
export async function resolveWorkspace(deps: OidcDeps, ctx: KoaContextWithOIDC): Promise<Resolved> {
  if (!ctx.oidc.session?.accountId) return { state: 'open' }
  return resolvedIn(ctx, await personAt(deps, ctx))
}

/** The same by what was read of them. */
export function resolvedIn(ctx: KoaContextWithOIDC, { places }: PersonCheck): Resolved {
  const { workspaceId, slug } = wantedIn(ctx)
  const [place, another] = places
  if (!place) return { state: 'not_a_member' }
  const wasNamed = workspaceId !== null || slug !== null
  return another && !wasNamed ? { state: 'open' } : { state: 'resolved', place }
}
