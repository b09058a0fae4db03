import type { IncomingMessage } from 'node:http'
import { errors } from 'oidc-provider'
import { subjectFor } from '../clients/subject.ts'
import type { Config } from '../config/config.ts'
import { familyMaker, presentRefreshToken } from '../sessions/tokens/present-refresh-token.ts'
import type { OidcDeps } from './deps.ts'
import { deviceMark } from './device.ts'
import { withinElevation } from './elevation-claims.ts'
import { withinStay } from './lifetimes.ts'
import { makeAccessToken, type SigningDeps } from './make-access-token.ts'
import { type IdTokenDraft, makeIdToken } from './make-id-token.ts'
import { ALREADY_USED, isMovedOn } from './move-family-on.ts'
import type { Payload } from './payload.ts'
import { type PlainRefresh, plainRefresh, type RefreshAsked } from './plain-refresh.ts'
import { browserOf } from './session-claims.ts'
import { refusalOf, type TokenAnswer, UNDECIDED } from './token-answer.ts'
import { originOfFamily } from './token-origin.ts'

type Deps = Pick<OidcDeps, 'activity' | 'advanceFamily' | 'families' | 'publish'> &
  SigningDeps & { readonly config: Config }

/**
 * New tokens for a plain refresh token (RFC 6749 §6), as the library would make them: from one
 * statement that reads all there is to know, the client included, and one that moves the family on
 * when everything is made and signed.
 */
export async function refresh(
  deps: Deps,
  asked: RefreshAsked,
  request: Pick<IncomingMessage, 'headers'>,
): Promise<TokenAnswer> {
  const by = deviceMark(deps.serverKeys, request)
  const presented = await presentRefreshToken(deps, asked.refreshToken, by)
  const plain = presented && plainRefresh(deps, asked, presented)
  if (!plain) return UNDECIDED
  const body = await tokensOf(deps, plain)
  if (!(await isMovedOn(deps, presented, by)))
    return refusalOf(new errors.InvalidGrant(ALREADY_USED))
  const { session } = presented.check
  deps.activity.used(session)
  return { state: 'answered', body }
}

async function tokensOf(deps: Deps, plain: PlainRefresh): Promise<Payload> {
  const { payload, target, scope, openid } = plain
  const { check, generation } = plain.presented
  const { tokens } = deps.config
  const ttl = withinStay(target?.accessTokenTTL ?? tokens.accessToken, check.session)
  const lifetime = target?.jwt ? withinElevation(ttl, check.elevated) : ttl
  const maker = await familyMaker(deps, check.session)
  const [accessToken, idToken] = await Promise.all([
    makeAccessToken(deps, draftOf(deps, plain, lifetime)),
    openid.includes('openid') ? makeIdToken(deps, aboutPerson(plain)) : undefined,
  ])
  return {
    access_token: accessToken,
    expires_in: lifetime,
    ...(idToken && { id_token: idToken }),
    refresh_token: maker.token(check.family.id, generation + 1),
    ...((payload.scope || scope) && { scope }),
    token_type: 'Bearer',
  }
}

function aboutPerson({ presented, payload, user, openid }: PlainRefresh): IdTokenDraft {
  const { client, session } = presented.check
  return { client, session, browser: browserOf(presented), user, payload, openid }
}

function draftOf(deps: Deps, plain: PlainRefresh, lifetime: number) {
  const { presented, payload, target, scope, user } = plain
  const { client } = presented.check
  return {
    clientId: client.clientId,
    subject: subjectFor({ lookup: deps.serverKeys }, client, user.id),
    scope,
    target,
    lifetime,
    origin: originOfFamily(deps, presented),
    grantType: grantType(payload.gty),
  }
}

/** How the library says where an access token came from. */
function grantType(gty: string | undefined): string | undefined {
  return gty && !gty.endsWith('refresh_token') ? `${gty} refresh_token` : gty
}
