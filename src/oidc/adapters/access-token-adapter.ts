import { formatId } from '../../ids.ts'
import type { AccessTokenContent, FoundAccessToken } from '../../sessions/check-access-token.ts'
import { revokeToken } from '../../sessions/revoke-token.ts'
import { findAnyAccessToken } from '../any-access-token.ts'
import { workspaceClaims } from '../claims.ts'
import type { OidcDeps } from '../deps.ts'
import { adapterOf, type ModelAdapter, type Payload } from '../payload.ts'
import { currentState, requireState } from '../request-state.ts'

/** Access tokens leave no row: everything about them lies in the token, sealed or signed. */
export function accessTokenAdapter(
  kind: 'AccessToken' | 'ClientCredentials',
  deps: OidcDeps,
): ModelAdapter {
  return adapterOf(kind, {
    find: async (text) => {
      const found = await findAnyAccessToken(deps, text)
      if (!found || (found.of === 'session') !== (kind === 'AccessToken')) return undefined
      remember(found)
      return { kind, ...payloadOf(deps, found) }
    },
    destroy: async () => {
      const { token } = requireState()
      if (token) await revokeToken(deps.db, token)
    },
  })
}

function remember(found: FoundAccessToken): void {
  const state = currentState()
  if (!state) return
  const { content } = found
  const expiresAt = new Date(content.t * 1000)
  if (found.of === 'service') {
    state.token = { jti: content.j, sessionId: null, expiresAt }
    return
  }
  const { session, user } = found.stay
  state.token = { jti: content.j, sessionId: session.id, expiresAt }
  state.checked = {
    session,
    grantId: found.grant.id,
    epoch: found.grant.epoch,
    scopes: found.grant.scopes,
    clientName: found.grant.clientName,
    createdAt: new Date(found.grant.createdAt),
    user,
  }
}

function payloadOf(_deps: OidcDeps, found: FoundAccessToken): Payload {
  const { content } = found
  const common = {
    jti: content.j,
    clientId: content.c,
    scope: content.s,
    aud: content.a,
    jkt: content.k,
    'x5t#S256': content.x,
    iat: content.i,
    exp: content.t,
    gty: content.y,
  }
  if (found.of === 'service') return common
  const { session, user } = found.stay
  return {
    ...common,
    scope: presentScope(found, content),
    accountId: user ? formatId('usr', user.id) : undefined,
    grantId: found.grant.id,
    sessionUid: session.loginId ?? undefined,
    sid: content.q,
    extra: workspaceClaims(session),
  }
}

/** What the token was given, as far as the grant still gives it. */
function presentScope(
  { grant }: Extract<FoundAccessToken, { of: 'session' }>,
  content: AccessTokenContent,
) {
  const granted = content.a ? grant.scopes.resources?.[content.a] : grant.scopes.openid?.scope
  const still = new Set((granted ?? '').split(' '))
  return content.s
    ?.split(' ')
    .filter((scope) => still.has(scope))
    .join(' ')
}
