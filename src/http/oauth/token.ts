import type { IncomingMessage } from 'node:http'
import type { Context, Middleware } from 'koa'
import type { ServiceAsked } from '../../oidc/client-credentials.ts'
import type { CodeAsked } from '../../oidc/plain-code.ts'
import type { RefreshAsked } from '../../oidc/plain-refresh.ts'
import { ROUTES } from '../../oidc/routes.ts'
import type { TokenAnswer } from '../../oidc/token-answer.ts'
import { noteRefusal } from '../middleware/refusal.ts'
import { shownSecret } from './client-secret.ts'
import { fieldsOf, isPlain, present } from './plain-request.ts'
import { formRead } from './read-ahead.ts'

interface Deps {
  readonly oidc: {
    grantToService(asked: ServiceAsked): Promise<TokenAnswer>
    redeemCode(asked: CodeAsked, request: IncomingMessage): Promise<TokenAnswer>
    refreshTokens(asked: RefreshAsked, request: IncomingMessage): Promise<TokenAnswer>
  }
}

/**
 * The short way of what clients ask the token endpoint for again and again. Everything else goes the
 * library's way as it came, every refusal of what was asked among it, and what is answered here is
 * what the library would have answered. It goes behind `readAhead`.
 */
export function token(deps: Deps): Middleware {
  return async function token(ctx, next) {
    const body = isPlain(ctx, ROUTES.token) ? formRead(ctx.req) : undefined
    const fields = body && fieldsOf(body, NAMES)
    const answer = fields && (await answerTo(deps, ctx, fields))
    if (answer?.state === 'answered') return present(ctx, answer.body)
    if (answer?.state !== 'refused') return next()
    present(ctx, answer.body)
    ctx.status = answer.status
    const { error, error_description: reason } = answer.body
    noteRefusal(ctx, { error: String(error), reason: String(reason) })
  }
}

const NAMES = [
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
  'scope',
  'resource',
] as const

type Fields = NonNullable<ReturnType<typeof fieldsOf<(typeof NAMES)[number]>>>

async function answerTo(
  { oidc }: Deps,
  { req }: Context,
  fields: Fields,
): Promise<TokenAnswer | null> {
  const { grant_type: grantType, refresh_token: refreshToken, scope = null } = fields
  if (fields.client_assertion || (scope !== null && !isScope(scope))) return null
  const asked = { scope, resource: fields.resource ?? null }
  const shown = shownSecret(req.headers, fields)
  if (grantType === 'client_credentials')
    return shown && oidc.grantToService({ ...shown, ...asked })
  const client = shown ?? namedOnly(req, fields)
  if (!client) return null
  if (grantType === 'authorization_code') {
    const code = scope === null ? codeIn(fields) : null
    return code && oidc.redeemCode({ ...client, ...code }, req)
  }
  if (grantType !== 'refresh_token' || !refreshToken) return null
  return oidc.refreshTokens({ ...client, ...asked, refreshToken }, req)
}

/** A code for the provider's own scopes, with all that proves who may redeem it. */
function codeIn(fields: Fields) {
  const { code, code_verifier: codeVerifier, redirect_uri: redirectUri, resource } = fields
  return code && codeVerifier && redirectUri && !resource
    ? { code, codeVerifier, redirectUri }
    : null
}

/** A public client says who it is, and shows nothing. */
function namedOnly({ headers }: IncomingMessage, fields: Fields) {
  const { client_id: clientId, client_secret: secret } = fields
  if (!clientId || secret || headers.authorization !== undefined) return null
  return { clientId, clientSecret: null }
}

/** RFC 6749 §3.3. */
function isScope(text: string): boolean {
  return /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/.test(text)
}
