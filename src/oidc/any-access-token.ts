import { parseId, type SessionId } from '../ids.ts'
import { Memory } from '../lib/memory.ts'
import type { BriefStay } from '../sessions/brief-stay.ts'
import type { Stay } from '../sessions/stay.ts'
import {
  type AccessTokenContent,
  checkAccessToken,
  type FoundAccessToken,
  standing,
} from '../sessions/tokens/check-access-token.ts'
import { isRevoked } from '../sessions/tokens/revoke-token.ts'
import type { OidcDeps } from './deps.ts'
import { unfoldJwt } from './folded-jwt.ts'
import { currentState } from './request-state.ts'
import { verifyOwnJwt } from './verify-own-jwt.ts'

/** The access token behind a text, sealed or signed, if all that it stands on still stands. */
export function findAnyAccessToken(deps: OidcDeps, text: string): Promise<FoundAccessToken | null> {
  const known = currentState()?.accessTokens
  const found = known?.get(text) ?? find(deps, text)
  known?.set(text, found)
  return found
}

function find(deps: OidcDeps, text: string): Promise<FoundAccessToken | null> {
  return checkAnyAccessToken(
    { ...deps, serviceStands: (token) => serviceStands(deps, token) },
    text,
  )
}

/** The same for who asks about a service by itself: whether that and its token stand is not looked at. */
export function openAnyAccessToken(
  deps: Omit<Footing<Stay>, 'serviceStands'>,
): (text: string) => Promise<FoundAccessToken | null> {
  const footing = { ...deps, serviceStands: async () => true }
  const opened = new Memory<Opened>(MOST_OPENED)
  return async (text) => {
    const known = opened.get(text)
    if (known && performance.now() - known.at < OPENED_FOR) return known.found
    const found = await checkAnyAccessToken(footing, text)
    // What a service's token says never changes; what a session's does hangs on the session.
    if (found?.of === 'service')
      opened.keep(text, { found, at: performance.now() }, { standsOn: [], since: opened.mark() })
    return found
  }
}

interface Opened {
  readonly found: FoundAccessToken
  readonly at: number
}

/** A service shows the same token with each of its calls: it is not opened anew each time. */
const MOST_OPENED = 1_000
/** Milliseconds; longer, and a token would outlast the key that sealed it. */
const OPENED_FOR = 60_000

async function serviceStands(deps: OidcDeps, { c, j }: AccessTokenContent): Promise<boolean> {
  const { client } = await deps.registry({ clientId: c, resource: null })
  return client !== null && !(await isRevoked(deps.db, j))
}

/** How the check of a token comes by what the token stands on. */
export interface Footing<S extends BriefStay>
  extends Pick<OidcDeps, 'config' | 'keyring' | 'serverKeys' | 'verificationKeys'> {
  readonly stays: (id: SessionId) => Promise<S | undefined>
  readonly serviceStands: (token: AccessTokenContent) => Promise<boolean>
}

/** The same over what was read otherwise. */
export async function checkAnyAccessToken<S extends BriefStay>(
  footing: Footing<S>,
  text: string,
): Promise<FoundAccessToken<S> | null> {
  const jwt = unfoldJwt(text)
  const found = jwt === null ? await checkAccessToken(footing, text) : await checkJwt(footing, jwt)
  if (found?.of !== 'service') return found
  return (await footing.serviceStands(found.content)) ? found : null
}

async function checkJwt<S extends BriefStay>(
  deps: Footing<S>,
  jwt: string,
): Promise<FoundAccessToken<S> | null> {
  const claims = verifyOwnJwt(deps, jwt)
  if (!claims) return null
  const content: AccessTokenContent = {
    j: claims.jti,
    c: claims.client_id,
    s: claims.scope,
    a: claims.aud,
    k: claims.cnf?.jkt,
    x: claims.cnf?.['x5t#S256'],
    i: claims.iat,
    t: claims.exp,
    g: parseId('gra', claims.grant_id) ?? undefined,
    e: claims.grant_epoch,
    f: parseId('rtf', claims.family_id) ?? undefined,
  }
  if (claims.session_id === undefined) return { of: 'service', content }
  const sessionId = parseId('ses', claims.session_id)
  const stay = sessionId && (await deps.stays(sessionId))
  return stay && !stay.session.refusal ? standing(content, stay) : null
}
