import { formatId } from '../ids.ts'
import type { StandingGrant } from '../sessions/stay.ts'
import type { AccessTokenContent, FoundAccessToken } from '../sessions/tokens/check-access-token.ts'
import { authenticationClaims } from './authentication-claims.ts'
import { workspaceClaims } from './claims.ts'
import type { OidcDeps } from './deps.ts'
import { elevationClaims } from './elevation-claims.ts'
import { sidOf } from './session-claims.ts'

/** A token that stands, in the provider's words. */
export function accessTokenPayload(deps: Pick<OidcDeps, 'serverKeys'>, found: FoundAccessToken) {
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
  const { session, user, elevated } = found.stay
  return {
    ...common,
    scope: presentScope(found.grant, content),
    accountId: user ? formatId('usr', user.id) : undefined,
    grantId: found.grant.id,
    sessionUid: session.loginId ?? undefined,
    sid: sidOf(deps, clientOfToken(found), session.id),
    extra: {
      ...workspaceClaims(session),
      ...authenticationClaims(session),
      ...elevationClaims(elevated),
    },
  }
}

/** The client that the token was given to, as far as sessions and people have names of its own. */
export function clientOfToken({
  grant,
}: {
  readonly grant: Pick<StandingGrant, 'clientName' | 'sector'>
}) {
  return { clientId: grant.clientName, metadata: grant.sector ?? {} }
}

/** What the token was given, as far as the grant still gives it. */
export function presentScope(
  { scopes }: Pick<StandingGrant, 'scopes'>,
  content: AccessTokenContent,
) {
  const granted = content.a ? scopes.resources?.[content.a] : scopes.openid?.scope
  if (granted === content.s) return content.s
  const still = new Set((granted ?? '').split(' '))
  return content.s
    ?.split(' ')
    .filter((scope) => still.has(scope))
    .join(' ')
}
