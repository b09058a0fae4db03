import { z } from 'zod'
import { isClientId } from '../clients/client.ts'
import { decodeStrict } from '../crypto/base64url.ts'
import { parseId } from '../ids.ts'
import { parseAccessToken } from '../sessions/tokens/access-token.ts'
import type { IntrospectionKey } from '../sessions/tokens/introspection.ts'
import { openServiceToken } from '../sessions/tokens/service-token.ts'
import type { OidcDeps } from './deps.ts'
import { unfoldJwt } from './folded-jwt.ts'

type ClaimedFooting = Pick<IntrospectionKey, 'sessionId' | 'service'>

const NOWHERE: ClaimedFooting = { sessionId: null, service: null }

// A null byte in a stranger's text would make the database refuse the whole batch.
const jti = z.string().regex(/^[\w-]{1,64}$/)
const clientId = z.string().refine(isClientId)
const ofSession = z.object({ session_id: z.string() })
const ofService = z.object({ jti, client_id: clientId })
const sealed = z.object({ j: jti, c: clientId })

/**
 * What a token says it stands on, so that it can be read together with the client that asks.
 * Nothing of it is believed: the check comes after, on what was read.
 */
export function claimedFooting(
  { serverKeys }: Pick<OidcDeps, 'serverKeys'>,
  text: string,
): ClaimedFooting {
  const jwt = unfoldJwt(text)
  if (jwt !== null) return claimedByJwt(jwt)
  const parsed = parseAccessToken(text)
  if (!parsed) return NOWHERE
  if (parsed.holder !== 'service') return { sessionId: parsed.holder, service: null }
  const { data } = sealed.safeParse(openServiceToken(serverKeys, parsed.sealed, new Date()))
  return data ? { sessionId: null, service: { clientId: data.c, jti: data.j } } : NOWHERE
}

function claimedByJwt(jwt: string): ClaimedFooting {
  const claims = claimsOf(jwt)
  const session = ofSession.safeParse(claims)
  if (session.success) return { sessionId: parseId('ses', session.data.session_id), service: null }
  const { data } = ofService.safeParse(claims)
  return data ? { sessionId: null, service: { clientId: data.client_id, jti: data.jti } } : NOWHERE
}

function claimsOf(jwt: string): unknown {
  const bytes = decodeStrict(jwt.split('.')[1] ?? '')
  try {
    return bytes && JSON.parse(bytes.toString())
  } catch {
    return null
  }
}
