import type { Context, Middleware } from 'koa'
import type { ServiceAsked } from '../../oidc/client-credentials.ts'
import { ROUTES } from '../../oidc/routes.ts'
import type { TokenAnswer } from '../../oidc/token-answer.ts'
import { shownSecret } from './client-secret.ts'
import { fieldsOf, isPlain, present } from './plain-request.ts'
import { formRead } from './read-ahead.ts'

interface Deps {
  readonly oidc: { grantToService(asked: ServiceAsked): Promise<TokenAnswer> }
}

/**
 * The short way of what clients ask the token endpoint for again and again. Everything else goes the
 * library's way as it came, every refusal of what was asked among it, and what is answered here is
 * what the library would have answered. It goes behind `readAhead`.
 */
export function token({ oidc }: Deps): Middleware {
  return async function token(ctx, next) {
    const asked = isPlain(ctx, ROUTES.token) ? askedIn(ctx) : null
    const answer = asked && (await oidc.grantToService(asked))
    if (answer?.state !== 'answered') return next()
    return present(ctx, answer.body)
  }
}

const NAMES = [
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'scope',
  'resource',
] as const

function askedIn(ctx: Context): ServiceAsked | null {
  const body = formRead(ctx.req)
  const fields = body && fieldsOf(body, NAMES)
  if (!fields || fields.client_assertion) return null
  if (fields.grant_type !== 'client_credentials') return null
  const { scope = null, resource = null } = fields
  if (scope !== null && !isScope(scope)) return null
  const shown = shownSecret(ctx.req.headers, fields)
  return shown && { ...shown, scope, resource }
}

/** RFC 6749 §3.3. */
function isScope(text: string): boolean {
  return /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/.test(text)
}
