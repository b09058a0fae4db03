import { isClientId } from '../clients/client.ts'
import { isClientSecret } from '../clients/secrets.ts'
import { subjectFor } from '../clients/subject.ts'
import type { FoundAccessToken } from '../sessions/tokens/check-access-token.ts'
import type { AskingClient, ReadIntrospection, ToldStay } from '../sessions/tokens/introspection.ts'
import { clientOfToken, presentScope } from './access-token-payload.ts'
import { checkAnyAccessToken } from './any-access-token.ts'
import { authenticationClaims } from './authentication-claims.ts'
import { claimedFooting } from './claimed-footing.ts'
import { workspaceClaims } from './claims.ts'
import type { OidcDeps } from './deps.ts'
import { elevationClaims } from './elevation-claims.ts'
import { foldJwt } from './folded-jwt.ts'
import { isLive } from './is-live.ts'
import type { Payload } from './payload.ts'
import { sidOf } from './session-claims.ts'

interface Deps extends OidcDeps {
  readonly introspections: ReadIntrospection
}

type Found = FoundAccessToken<ToldStay>

/** A question about an access token by a client that shows its secret. */
export interface Asked {
  readonly clientId: string
  readonly clientSecret: string
  readonly token: string
}

export type Introspection =
  | { readonly state: 'answered'; readonly body: Payload }
  | { readonly state: 'unauthenticated' }
  /** The library must judge this one. */
  | { readonly state: 'undecided' }

/**
 * Answers for access tokens what the library would answer (RFC 7662), from one statement that
 * reads client, session, grant and revocations together; the library takes three, one after
 * another, and four times the work.
 */
export async function introspect(deps: Deps, asked: Asked): Promise<Introspection> {
  // A null byte in a stranger's text would make the database refuse the whole batch.
  if (!isClientId(asked.clientId)) return { state: 'undecided' }
  const text = foldJwt(asked.token)
  const { client, stay, serviceStands } = await deps.introspections({
    clientId: asked.clientId,
    ...claimedFooting(deps, text),
  })
  if (client?.secretExpires) return { state: 'undecided' }
  if (!client || !provesItself(deps, client, asked)) return { state: 'unauthenticated' }

  const footing = { stays: async () => stay, serviceStands: async () => serviceStands }
  const found = await checkAnyAccessToken({ ...deps, ...footing }, text)
  const standing = found && isLive(found) && mayLookAt(client, found) ? found : null
  if (!standing) return { state: 'answered', body: { active: false } }
  noteUse(deps, standing)
  return { state: 'answered', body: { active: true, ...describe(deps, standing) } }
}

// Either method may carry the secret of a client that registered the other one, as with the library.
function provesItself(deps: OidcDeps, client: AskingClient, { clientSecret }: Asked): boolean {
  const bySecret = /^client_secret_(basic|post)$/.test(client.authMethod ?? 'client_secret_basic')
  return bySecret && isClientSecret(deps.serverKeys, client, clientSecret)
}

/** A client may look at its own tokens, and a resource at those made for it. */
function mayLookAt({ clientId, resources }: AskingClient, { content }: Found): boolean {
  return content.c === clientId || (content.a !== undefined && resources.includes(content.a))
}

/** Whatever succeeds in a session is a use of it. */
function noteUse({ activity }: OidcDeps, found: Found): void {
  if (found.of === 'session') activity.seen(found.stay.session.id, found.stay.session.readAt)
}

function describe(deps: OidcDeps, found: Found): Payload {
  const { content } = found
  const isBound = content.x !== undefined || content.k !== undefined
  return {
    ...(found.of === 'session' && aboutStay(deps, found)),
    client_id: content.c,
    exp: content.t,
    iat: content.i,
    sid: sidOfToken(deps, found),
    iss: deps.config.issuer,
    jti: content.j,
    aud: content.a,
    scope: (found.of === 'session' ? presentScope(found.grant, content) : content.s) || undefined,
    cnf: isBound ? { 'x5t#S256': content.x, jkt: content.k } : undefined,
    token_type: content.k ? 'DPoP' : 'Bearer',
  }
}

/** Of the session that the token lives in. */
function sidOfToken(deps: OidcDeps, found: Found): string | undefined {
  if (found.of !== 'session') return undefined
  return sidOf(deps, clientOfToken(found), found.stay.session.id)
}

function aboutStay({ serverKeys }: OidcDeps, found: Extract<Found, { of: 'session' }>): Payload {
  const { session, elevated } = found.stay
  const client = clientOfToken(found)
  return {
    sub: session.userId ? subjectFor({ lookup: serverKeys }, client, session.userId) : undefined,
    ...workspaceClaims(session),
    ...authenticationClaims(session),
    ...elevationClaims(elevated),
  }
}
