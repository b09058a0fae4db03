import type { FoundAccessToken } from '../../sessions/tokens/check-access-token.ts'
import { revokeToken } from '../../sessions/tokens/revoke-token.ts'
import { accessTokenPayload } from '../access-token-payload.ts'
import { findAnyAccessToken } from '../any-access-token.ts'
import type { OidcDeps } from '../deps.ts'
import { adapterOf, type ModelAdapter } from '../payload.ts'
import { currentState, requireState } from '../request-state.ts'
import { namedBrowser } from '../session-claims.ts'

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
      return { kind, ...accessTokenPayload(deps, found) }
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
  const token = { jti: content.j, client: content.c, expiresAt: new Date(content.t * 1000) }
  if (found.of === 'service') {
    state.token = { ...token, sessionId: null, workspaceId: null }
    return
  }
  const { session, user } = found.stay
  state.token = { ...token, sessionId: session.id, workspaceId: session.workspaceId }
  state.browser = namedBrowser(content)
  state.checked = {
    session,
    grantId: found.grant.id,
    epoch: found.grant.epoch,
    scopes: found.grant.scopes,
    clientName: found.grant.clientName,
    createdAt: new Date(found.grant.createdAt),
    user,
    elevated: found.stay.elevated,
  }
}
