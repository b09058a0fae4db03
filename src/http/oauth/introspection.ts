import type { Context, Middleware } from 'koa'
import type { Asked, Introspection } from '../../oidc/introspect.ts'
import { ROUTES } from '../../oidc/routes.ts'
import { noteRefusal } from '../middleware/refusal.ts'
import { shownSecret } from './client-secret.ts'
import { fieldsOf, isPlain, present } from './plain-request.ts'
import { formRead } from './read-ahead.ts'

interface Deps {
  readonly config: { readonly issuer: string }
  readonly oidc: { introspect(asked: Asked): Promise<Introspection> }
}

/**
 * The short way of the one request that resource servers make all the time: an access token, asked
 * about by a client that shows its secret. Everything else goes the library's way as it came, and
 * what is answered here is what the library would have answered, to the letter. It goes behind
 * `readAhead`.
 */
export function introspection({ config, oidc }: Deps): Middleware {
  return async function introspect(ctx, next) {
    const body = isPlain(ctx, ROUTES.introspection) ? formRead(ctx.req) : undefined
    const asked = body && askedIn(ctx, body)
    const answer = asked && (await oidc.introspect(asked))
    if (answer?.state === 'answered') return present(ctx, answer.body)
    if (answer?.state === 'unauthenticated' && !wantsPage(ctx)) return refuse(ctx, config.issuer)
    return next()
  }
}

const NAMES = [
  'token',
  'token_type_hint',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
] as const

/** Null for whatever is not one of our access tokens by its form, or not asked about in this plain way. */
function askedIn(ctx: Context, body: Buffer): Asked | null {
  const fields = fieldsOf(body, NAMES)
  if (!fields?.token || fields.client_assertion || !isAccessToken(fields.token)) return null
  const shown = shownSecret(ctx.req.headers, fields)
  return shown && { ...shown, token: fields.token }
}

const LONGEST_JWT = 6_000

function isAccessToken(token: string): boolean {
  if (token.startsWith('sat_')) return true
  return token.length <= LONGEST_JWT && /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(token)
}

/** Errors are pages to whom prefers them, and those are the provider's to render. */
function wantsPage(ctx: Context): boolean {
  return ctx.req.headers.accept !== undefined && ctx.accepts('json', 'html') === 'html'
}

const FAILED = { error: 'invalid_client', error_description: 'client authentication failed' }

/** RFC 6749 §5.2: the header names its scheme to whoever used it. */
function refuse(ctx: Context, issuer: string): void {
  present(ctx, FAILED)
  ctx.status = 401
  noteRefusal(ctx, { error: FAILED.error, reason: FAILED.error_description })
  if (ctx.req.headers.authorization === undefined) return
  const { error, error_description: description } = FAILED
  ctx.set(
    'WWW-Authenticate',
    `Basic realm="${issuer}", error="${error}", error_description="${description}"`,
  )
}
