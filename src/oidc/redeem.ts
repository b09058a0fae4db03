import type { IncomingMessage } from 'node:http'
import { errors } from 'oidc-provider'
import { isConfidential } from '../clients/client.ts'
import { subjectFor } from '../clients/subject.ts'
import type { Config } from '../config/config.ts'
import { newId } from '../ids.ts'
import { newFamily } from '../sessions/tokens/begin-family.ts'
import { familyMaker } from '../sessions/tokens/present-refresh-token.ts'
import { presentCode, redeemCode } from '../sessions/tokens/redeem-code.ts'
import type { OidcDeps } from './deps.ts'
import { deviceMark } from './device.ts'
import { withinStay } from './lifetimes.ts'
import { makeAccessToken, type SigningDeps } from './make-access-token.ts'
import { makeIdToken } from './make-id-token.ts'
import { type CodeAsked, type PlainCode, plainCode } from './plain-code.ts'
import type { PlainCodePayload } from './plain-payload.ts'
import { sidOf } from './session-claims.ts'
import { refusalOf, type TokenAnswer, UNDECIDED } from './token-answer.ts'

type Deps = Pick<OidcDeps, 'activity' | 'codes' | 'db'> & SigningDeps & { readonly config: Config }

const GRANT_TYPE = 'authorization_code'

/**
 * The first tokens for a plain code (RFC 6749 §4.1.3), as the library would make them: from one
 * statement that reads all there is to know, the client included, and one that redeems the code and
 * begets the family when everything is made and signed.
 */
export async function redeem(
  deps: Deps,
  asked: CodeAsked,
  request: Pick<IncomingMessage, 'headers'>,
): Promise<TokenAnswer> {
  const presented = await presentCode(deps, asked.code)
  const plain = presented && plainCode(deps, asked, presented)
  if (!plain) return UNDECIDED
  const { session } = presented.check
  const born = { maker: await familyMaker(deps, session), id: newId<'rtf'>() }
  const { tokens, lifetime } = await firstTokens(deps, plain, born.id)

  const by = deviceMark(deps.serverKeys, request)
  if (!(await redeemCode(deps, asked.code, familyOf(plain, born, by))))
    return refusalOf(new errors.InvalidGrant('authorization code already consumed'))
  deps.activity.seen(session.id, session.readAt)
  const [access_token, id_token] = tokens
  const refresh_token = born.maker.token(born.id, 0)
  const scope = plain.openid.join(' ')
  const body = { access_token, expires_in: lifetime, id_token, refresh_token, scope }
  return { state: 'answered', body: { ...body, token_type: 'Bearer' } }
}

interface Born {
  readonly maker: Awaited<ReturnType<typeof familyMaker>>
  readonly id: Parameters<Born['maker']['token']>[0]
}

async function firstTokens(deps: Deps, plain: PlainCode, familyId: Born['id']) {
  const { presented, payload, user, openid } = plain
  const { client, session, grantId, epoch, elevated } = presented.check
  const lifetime = withinStay(deps.config.tokens.accessToken, session)
  const sid = sidOf(deps, client, session.id)
  const tokens = await Promise.all([
    makeAccessToken(deps, {
      clientId: client.clientId,
      subject: subjectFor({ lookup: deps.serverKeys }, client, user.id),
      scope: openid.join(' '),
      target: null,
      lifetime,
      origin: { session, grantId, epoch, sid, browser: null, familyId, elevated },
      grantType: GRANT_TYPE,
    }),
    makeIdToken(deps, {
      ...{ client, session, browser: null, user, payload, openid },
      nonce: payload.nonce,
    }),
  ])
  return { tokens, lifetime }
}

function familyOf({ presented, payload }: PlainCode, { maker, id }: Born, by: Buffer) {
  const { client, session, grantId, epoch } = presented.check
  const bound = isConfidential(client.metadata)
  return newFamily(maker, { id, session, grantId, epoch, bound, by, payload: keptOf(payload) })
}

/** What the library puts into the first refresh token and looks at in later ones. */
function keptOf(payload: PlainCodePayload) {
  const { acr, amr, authTime, claims, expiresWithSession, scope, sessionUid, sid } = payload
  const kept = { acr, amr, authTime, claims, expiresWithSession, scope, sessionUid, sid }
  return { ...kept, gty: GRANT_TYPE }
}
