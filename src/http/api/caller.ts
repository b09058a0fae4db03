import type { Context } from 'koa'
import type { Actor } from '../../audit/append-entry.ts'
import { type ApiScope, ownApi } from '../../clients/own-api.ts'
import { DomainError } from '../../errors.ts'
import { type ClientId, formatId, type UserId } from '../../ids.ts'
import type { Oidc } from '../../oidc/create-oidc.ts'
import type { RecalledCallers } from '../../services/memory.ts'
import type { Consistency } from '../../sessions/manager/consistency.ts'
import type { Reach } from '../../sessions/manager/reach.ts'
import type { CheckedSession } from '../../sessions/session.ts'
import type { FoundAccessToken } from '../../sessions/tokens/check-access-token.ts'
import type { ReadServiceCaller, ServiceCaller } from '../../sessions/tokens/service-caller.ts'

/** Who calls our API, proven by an access token that was made for it. */
export type Caller = Service | Person

interface Common {
  readonly scopes: ReadonlySet<string>
  readonly clientId: ClientId
  /** Whose sessions the caller may see; all others are not found. */
  readonly reach: Reach
  readonly actor: Actor
}

export interface Service extends Common {
  readonly kind: 'service'
  readonly reach: Extract<Reach, { of: 'workspaces' }>
}

export interface Person extends Common {
  readonly kind: 'person'
  readonly reach: Extract<Reach, { of: 'user' }>
  readonly userId: UserId
  /** The session that the token was given in. */
  readonly session: CheckedSession
}

export interface CallerDeps {
  readonly config: { readonly issuer: string }
  readonly oidc: Pick<Oidc, 'openAccessToken'>
  readonly serviceCallers: ReadServiceCaller
  readonly recalledCallers: RecalledCallers | null
}

/**
 * The caller behind a request's bearer token (RFC 6750 §2.1), or a refusal that names the scope.
 *
 * A token for another API, and one that is bound to a key, are no tokens here: the first was never
 * meant for us, and a bound one without its proof would be a stolen one.
 */
export async function callerOf(
  deps: CallerDeps,
  ctx: Context,
  { scope, consistency }: { readonly scope: ApiScope; readonly consistency: Consistency },
): Promise<Caller> {
  const [, text] = /^Bearer +(\S+) *$/i.exec(ctx.get('Authorization')) ?? []
  const found = text === undefined ? null : await deps.oidc.openAccessToken(text)
  const caller = found && isForUs(deps, found) ? await asCaller(deps, found, consistency) : null
  if (!caller) throw challenge(ctx, text === undefined ? null : 'invalid_token', scope)
  if (!caller.scopes.has(scope)) throw challenge(ctx, 'insufficient_scope', scope)
  return caller
}

function isForUs({ config }: CallerDeps, { content }: FoundAccessToken): boolean {
  const isLive = content.t * 1000 > Date.now()
  return isLive && content.a === ownApi(config.issuer) && !content.k && !content.x
}

async function asCaller(
  deps: CallerDeps,
  found: FoundAccessToken,
  consistency: Consistency,
): Promise<Caller | null> {
  const scopes = new Set((found.content.s ?? '').split(' '))
  if (found.of === 'service') {
    const standing = await standingOf(deps, found.content, consistency)
    if (!standing) return null
    const { clientId, workspaceIds } = standing
    const reach = { of: 'workspaces', workspaceIds } as const
    return { kind: 'service', scopes, clientId, reach, actor: { kind: 'client', id: clientId } }
  }
  const { stay, grant } = found
  if (!stay.user) return null
  const { id: userId } = stay.user
  return {
    kind: 'person',
    scopes,
    clientId: grant.clientId,
    reach: { of: 'user', userId, workspaceId: stay.session.workspaceId },
    actor: { kind: 'user', id: userId },
    userId,
    session: stay.session,
  }
}

async function standingOf(
  { recalledCallers, serviceCallers }: CallerDeps,
  { c: client, j: jti }: FoundAccessToken['content'],
  consistency: Consistency,
): Promise<ServiceCaller | undefined> {
  const token = { client, jti }
  const recalled = consistency === 'bounded' ? recalledCallers?.recall(token) : undefined
  return recalled ? recalled.known.value : serviceCallers(token)
}

/** RFC 6750 §3: what was wrong with the token, and which scope would do. */
function challenge(ctx: Context, error: string | null, scope: ApiScope): DomainError {
  const parts = ['realm="sojourn"', ...(error ? [`error="${error}"`] : []), `scope="${scope}"`]
  ctx.set('WWW-Authenticate', `Bearer ${parts.join(', ')}`)
  return error === 'insufficient_scope'
    ? new DomainError('insufficient_scope', `this needs the scope ${scope}`)
    : new DomainError('invalid_credentials', 'this needs an access token for the sessions API')
}

/** Who acts, as sessions are told of it. */
export function describeCaller({ actor }: Caller): string {
  return actor.kind === 'user'
    ? formatId('usr', actor.id as UserId)
    : formatId('cli', actor.id as ClientId)
}
