import type { PresentedToken } from '../sessions/tokens/present-refresh-token.ts'
import type { User } from '../users/user.ts'
import type { OidcDeps } from './deps.ts'
import { epochSeconds } from './payload.ts'
import { type PlainPayload, plainPayload } from './plain-payload.ts'
import { isProven, type ShownClient } from './proven-client.ts'
import { granted, scopesHeld, type Target, targetOf } from './resources.ts'

export interface RefreshAsked extends ShownClient {
  readonly refreshToken: string
  readonly scope: string | null
  readonly resource: string | null
}

/** A refresh that nothing speaks against, and what it is to give. */
export interface PlainRefresh {
  readonly presented: PresentedToken
  readonly payload: PlainPayload
  readonly user: User
  /** Of the provider's own scopes, those that are asked for and granted. */
  readonly openid: readonly string[]
  /** Of the scopes that the access token can have, the same. */
  readonly scope: string
  readonly target: Target | null
}

type Deps = Pick<OidcDeps, 'config' | 'serverKeys'>

/**
 * The library's checks of a refresh (lib/actions/grants/refresh_token.js at v9.13), for client and
 * token as they were just read. Null is no refusal: what fails here is the library's to judge.
 */
export function plainRefresh(
  deps: Deps,
  request: RefreshAsked,
  presented: PresentedToken,
): PlainRefresh | null {
  const { check, verdict } = presented
  const { session, user, grant, client } = check
  if (verdict !== 'current' && verdict !== 'grace') return null
  if (!isProven(deps, client, { ...request, grantType: 'refresh_token' })) return null
  if (user?.state !== 'active' || user.id !== session.userId || grant.scopes.rejected) return null
  if (epochSeconds(session.absoluteEndAt) <= epochSeconds(new Date())) return null

  const payload = plainPayload.safeParse(presented.payload).data
  const scopes = payload && scopesOf(request, payload)
  const target = payload && targetFor(deps, request, { presented, payload })
  if (!scopes || target === undefined) return null
  const openid = granted(grant.scopes.openid?.scope, scopes)
  if (scopes.has('openid') && !openid.includes('openid')) return null
  const scope = target
    ? granted(grant.scopes.resources?.[target.audience], scopes, target.scope.split(' '))
    : openid
  return { presented, payload, user, openid, scope: scope.join(' '), target }
}

function scopesOf({ scope }: RefreshAsked, payload: PlainPayload): ReadonlySet<string> | null {
  const own = new Set(payload.scope?.split(' '))
  if (scope === null) return own
  const wanted = scope.split(' ')
  return wanted.every((name) => own.has(name)) ? new Set(wanted) : null
}

/** Null where the token is for the provider itself, undefined where it cannot be what is asked for. */
function targetFor(
  deps: Deps,
  request: RefreshAsked,
  { presented, payload }: Pick<PlainRefresh, 'presented' | 'payload'>,
): Target | null | undefined {
  const own = [payload.resource ?? []].flat()
  // Without a resource, a token for the first one that the code was for.
  const wanted = request.resource ?? own[0]
  if (wanted === undefined) return null
  if (!own.includes(wanted)) return undefined
  const resource = presented.check.resources.find(({ identifier }) => identifier === wanted)
  const scopes = resource && scopesHeld(presented.check.client.metadata, resource, false)
  return scopes ? targetOf(deps, { ...resource, scopes }) : undefined
}
