import type { Context } from 'koa'
import type { Application } from './application.ts'
import { verifyLogoutToken } from './logout-token.ts'
import { isUnreachable } from './provider-failure.ts'
import { readForm } from './read-form.ts'
import { Refusal } from './refusal.ts'

type Deps = Pick<
  Application,
  'issuer' | 'clientId' | 'connect' | 'visits' | 'usedLogoutTokens' | 'log'
>

/** The back-channel logout endpoint: OpenID Connect Back-Channel Logout 1.0, sections 2.6 to 2.8. */
export function receiveLogout(deps: Deps) {
  return async function receive(ctx: Context): Promise<void> {
    const refused = await obey(deps, ctx)
    ctx.set('Cache-Control', 'no-store')
    if (refused === null) {
      ctx.status = 200
      ctx.body = ''
      return
    }
    deps.log.warn({ reason: refused }, 'a logout token was refused')
    ctx.status = refused === 'keys_unreachable' ? 503 : 400
    ctx.body = { error: 'invalid_request', error_description: refused }
  }
}

/** Null when the logout is done; otherwise why not. */
async function obey(deps: Deps, ctx: Context): Promise<string | null> {
  const token = await readToken(ctx)
  if (token === null) return 'logout_token_missing'
  const verdict = await judge(deps, token)
  if (!verdict.valid) return verdict.reason
  if (deps.usedLogoutTokens.get(verdict.token.jti)) return 'replayed'

  deps.usedLogoutTokens.set(verdict.token.jti, true)
  deps.visits.endSessions(verdict.token)
  return null
}

async function readToken(ctx: Context): Promise<string | null> {
  try {
    return (await readForm(ctx)).get('logout_token') ?? null
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

/** Without keys the token may be good: an answer of 5xx makes the provider send it again. */
async function judge({ issuer, clientId, connect, log }: Deps, token: string) {
  try {
    const { configuration, keys } = await connect()
    const expected = { issuer: configuration.serverMetadata().issuer, clientId, keys }
    return await verifyLogoutToken(token, expected)
  } catch (error) {
    log.error({ err: error, issuer: issuer.href, unreachable: isUnreachable(error) }, 'no keys')
    return { valid: false, reason: 'keys_unreachable' } as const
  }
}
