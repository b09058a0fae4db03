import { createHash } from 'node:crypto'
import { encode } from '../crypto/base64url.ts'
import { sameBytes } from '../crypto/mac.ts'
import { formatId } from '../ids.ts'
import type { PresentedCode } from '../sessions/tokens/redeem-code.ts'
import type { User } from '../users/user.ts'
import type { OidcDeps } from './deps.ts'
import { epochSeconds } from './payload.ts'
import { type PlainCodePayload, plainCodePayload } from './plain-payload.ts'
import { isProven, type ShownClient } from './proven-client.ts'
import { granted } from './resources.ts'

export interface CodeAsked extends ShownClient {
  readonly code: string
  readonly redirectUri: string
  readonly codeVerifier: string
}

/** The redemption of a code that nothing speaks against, and what it is to give. */
export interface PlainCode {
  readonly presented: PresentedCode
  readonly payload: PlainCodePayload
  readonly user: User
  /** Of the provider's own scopes, those that are asked for and granted. */
  readonly openid: readonly string[]
}

/** RFC 7636 §4.1. */
const VERIFIER = /^[\w.~-]{43,128}$/

/**
 * The library's checks of a redemption (lib/actions/grants/authorization_code.js at v9.13), for code
 * and client as they were just read. Null is no refusal: what fails here is the library's to judge,
 * as is whatever comes without a refresh token, begins an offline session or is made for an API.
 */
export function plainCode(
  deps: Pick<OidcDeps, 'serverKeys'>,
  asked: CodeAsked,
  presented: PresentedCode,
): PlainCode | null {
  const { check, use } = presented
  const { session, client, user, scopes } = check
  if (use !== 'first' || scopes.rejected) return null
  for (const grantType of ['refresh_token', 'authorization_code'])
    if (!isProven(deps, client, { ...asked, grantType })) return null
  if (user?.state !== 'active' || user.id !== session.userId) return null

  const payload = plainCodePayload.safeParse(presented.payload).data
  if (!payload || !isOwn(asked, payload) || payload.accountId !== formatId('usr', user.id))
    return null
  if (epochSeconds(session.absoluteEndAt) <= epochSeconds(new Date())) return null
  const wanted = new Set(payload.scope.split(' '))
  const openid = granted(scopes.openid?.scope, wanted)
  if (wanted.has('offline_access') || !openid.includes('openid')) return null
  return { presented, payload, user, openid }
}

/** Whether the code is shown in time, where it was sent, and by who asked for it (RFC 7636 §4.6). */
function isOwn({ redirectUri, codeVerifier }: CodeAsked, payload: PlainCodePayload): boolean {
  const isInTime = payload.exp > epochSeconds(new Date())
  if (!isInTime || payload.redirectUri !== redirectUri || !VERIFIER.test(codeVerifier)) return false
  const challenge = encode(createHash('sha256').update(codeVerifier).digest())
  return sameBytes(Buffer.from(challenge), Buffer.from(payload.codeChallenge))
}
