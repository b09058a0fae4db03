import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Configuration, Provider } from 'oidc-provider'
import { errors } from 'oidc-provider'
import { DomainError } from '../errors.ts'
import { type SigningKeySet, signingKeysNow } from '../keys/signing-keys.ts'
import { personalStayReader } from '../sessions/personal-stay.ts'
import type { FoundAccessToken } from '../sessions/tokens/check-access-token.ts'
import { introspectionReader } from '../sessions/tokens/introspection.ts'
import { codeReader } from '../sessions/tokens/redeem-code.ts'
import { networkOf } from '../users/network.ts'
import { openAnyAccessToken } from './any-access-token.ts'
import { grantToService, type ServiceAsked } from './client-credentials.ts'
import type { OidcDeps } from './deps.ts'
import { flush, Outdated } from './flush.ts'
import { foldJwt } from './folded-jwt.ts'
import { expectFormPost, letFormPost } from './form-post.ts'
import { handlerOf } from './handler.ts'
import { type Asked, type Introspection, introspect } from './introspect.ts'
import { keepNewestCookie } from './newest-cookie.ts'
import { noteUse } from './note-use.ts'
import type { Payload } from './payload.ts'
import { personReader } from './person.ts'
import type { CodeAsked } from './plain-code.ts'
import type { RefreshAsked } from './plain-refresh.ts'
import { buildProvider } from './provider.ts'
import { redeem } from './redeem.ts'
import { refresh } from './refresh.ts'
import { noteRefusals } from './refusals.ts'
import { openState, type RequestState, stateOf } from './request-state.ts'
import { ROUTES } from './routes.ts'
import { createStrangers, isStranger } from './strangers.ts'
import type { TokenAnswer } from './token-answer.ts'
import { userinfo } from './userinfo.ts'
import { verificationKeysOf } from './verify-own-jwt.ts'

/** As much of koa's context as is needed here; koa itself belongs to the HTTP side. */
export interface HttpContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly path: string
  readonly ip?: string
  readonly state: Record<string, unknown>
  status: number
  body: unknown
  set(name: string, value: string): void
}

export type HttpMiddleware = (ctx: never, next: () => Promise<unknown>) => Promise<unknown>

export interface Oidc {
  /** Speaks the protocol; goes behind everything else. */
  readonly middleware: HttpMiddleware
  /** The short way to the answer of an introspection, for what most of them ask. */
  introspect(asked: Asked): Promise<Introspection>
  /** The short way to a token for a service. */
  grantToService(asked: ServiceAsked): Promise<TokenAnswer>
  /** The same to the first tokens for a code. */
  redeemCode(asked: CodeAsked, request: IncomingMessage): Promise<TokenAnswer>
  /** The same to new tokens for a refresh token. */
  refreshTokens(asked: RefreshAsked, request: IncomingMessage): Promise<TokenAnswer>
  /**
   * An access token of ours, sealed or signed, if the session that it is of still stands; its expiry,
   * and whether a service and its token stand, is the caller's.
   */
  openAccessToken(text: string): Promise<FoundAccessToken | null>
  /** The same for the claims of the person in whose name a token is shown; null if it must judge. */
  userinfo(token: string): Promise<Payload | null>
  /** The provider of the moment: ask each time, it changes with the keys. */
  provider(): Provider
  keys(): SigningKeySet
  /** Follows the signing keys; cheap when nothing has changed. */
  refresh(): Promise<void>
}

type OidcOptions = Omit<OidcDeps, 'people' | 'codes' | 'verificationKeys' | 'strangers'>

/** The OpenID provider with its keys, which it follows without a restart. */
export async function createOidc(
  options: OidcOptions,
  renderError?: Configuration['renderError'],
): Promise<Oidc> {
  let keys = await signingKeysNow(options)
  let verification = verificationKeysOf(keys.published)
  const deps: OidcDeps = {
    ...options,
    people: personReader(options.db, options.config.keys.epochRotation),
    codes: codeReader(options.db),
    verificationKeys: () => verification,
    strangers: createStrangers(options.config.throttle.strangers),
  }
  const signing = { ...deps, signingKeys: () => keys }
  const readers = {
    ...deps,
    introspections: introspectionReader(options.db),
    personalStays: personalStayReader(options.db),
  }
  const open = openAnyAccessToken(deps)
  let provider = watched(deps, keys, renderError)

  return {
    middleware: (ctx, next) => answer(deps, provider, ctx as HttpContext, next),
    grantToService: (asked) => grantToService(signing, asked),
    redeemCode: (asked, request) => redeem(signing, asked, request),
    refreshTokens: (asked, request) => refresh(signing, asked, request),
    openAccessToken: (text) => open(foldJwt(text)),
    introspect: (asked) => introspect(readers, asked),
    userinfo: (token) => userinfo(readers, token),
    provider: () => provider,
    keys: () => keys,
    refresh: async () => {
      const now = await signingKeysNow(options)
      if (now.version === keys.version) return
      keys = now
      verification = verificationKeysOf(keys.published)
      provider = watched(deps, keys, renderError)
    },
  }
}

function watched(
  deps: OidcDeps,
  keys: SigningKeySet,
  renderError: Configuration['renderError'],
): Provider {
  const provider = buildProvider(deps, keys, renderError)
  provider.on('server_error', (ctx, error) => {
    const state = stateOf(ctx.req)
    if (state) state.failure = error
  })
  noteRefusals(provider)
  return provider
}

/**
 * Lets the library make its answer, then writes what the answer says, and only then sends it. Where
 * something has changed since it was read, the request is answered once more.
 */
async function answer(
  deps: OidcDeps,
  provider: Provider,
  ctx: HttpContext,
  next: () => Promise<unknown>,
): Promise<unknown> {
  const run = handlerOf(provider)
  if (!isAsked(ctx.path)) expectFormPost(ctx.res)
  for (let attempts = 1; ; attempts += 1) {
    const state = openState(ctx.req)
    // The library makes a context of its own on each that it is given, and on none twice.
    await run(attempts === 1 ? ctx : Object.create(ctx), next)
    if (state.failure) throw state.failure
    limitStranger(deps, ctx, state)
    if ((await written(deps, ctx, state)) === 'outdated') {
      if (attempts < MOST_ATTEMPTS) continue
      throw new DomainError('session_ended', 'the session ended each time it was entered')
    }
    if (state.byPriorCookie || state.withoutLogin) keepNewestCookie(deps, ctx)
    if (state.refused) ctx.state.refusal = state.refused
    finish(deps, ctx)
    return undefined
  }
}

/** Before anything is written, and with no statement: past the limit a flood costs what it reads. */
function limitStranger({ strangers }: OidcDeps, ctx: HttpContext, state: RequestState): void {
  const wait = ctx.status < 400 && isStranger(state) ? strangers.wait(networkOf(ctx.ip ?? '')) : 0
  if (wait === 0) return
  takeBack(ctx)
  throw new DomainError('throttled', 'too many requests from here', { retryAfter: wait })
}

/** Each time somebody else was faster, which ends a session or begins it: it does not go on so. */
const MOST_ATTEMPTS = 3

/** Writes what a good answer says, or takes the answer back. */
async function written(
  deps: OidcDeps,
  ctx: HttpContext,
  state: RequestState,
): Promise<'written' | 'outdated'> {
  try {
    if (ctx.status < 400) {
      await flush(deps, state)
      tellArrival(deps, state)
      noteUse(deps, ctx, state)
    }
    return 'written'
  } catch (error) {
    takeBack(ctx)
    if (error instanceof Outdated) return 'outdated'
    refuse(ctx, error)
    return 'written'
  }
}

function tellArrival({ publish }: OidcDeps, { arriving, code, evicted }: RequestState): void {
  if (arriving?.beginning && code) publish({ kind: 'session.created', session_kind: 'login' })
  for (const { id, cause } of evicted) publish({ kind: 'session.ended', cause, session: id })
}

/** A code or a cookie that was not written must not be sent either. */
function takeBack({ res }: HttpContext): void {
  res.removeHeader('Location')
  res.removeHeader('Set-Cookie')
}

// The library's answer was good and what it stands on has gone since; it must not go out.
function refuse(ctx: HttpContext, error: unknown): void {
  if (!isAsked(ctx.path)) throw isProtocolError(error) ? ended(error) : error
  const refusal = isProtocolError(error) ? error : asProtocolError(error)
  ctx.status = refusal.statusCode
  ctx.body = { error: refusal.error, error_description: refusal.error_description }
  ctx.set('Cache-Control', 'no-store')
}

/** Whether a program asked, which wants an OAuth error, and no person. */
function isAsked(path: string): boolean {
  return !path.toLowerCase().startsWith(ROUTES.authorization)
}

function isProtocolError(error: unknown): error is errors.OIDCProviderError {
  return error instanceof errors.OIDCProviderError
}

function asProtocolError(error: unknown): errors.OIDCProviderError {
  if (error instanceof DomainError && error.code === 'session_ended')
    return new errors.InvalidGrant('the session has ended')
  throw error
}

function ended(cause: Error): DomainError {
  return new DomainError('session_ended', 'the session has ended', { cause })
}

function finish({ config }: OidcDeps, ctx: HttpContext): void {
  letFormPost(ctx.res)
  const path = ctx.path.toLowerCase().replace(/\/$/, '')
  if (path === ROUTES.jwks && ctx.status === 200)
    ctx.set('Cache-Control', `public, max-age=${config.keys.signing.jwksMaxAge}`)
  if (path === ROUTES.revocation && ctx.status === 200) answerEmpty(ctx)
}

// RFC 7009 §2.2: the answer's content is of no interest; an empty text of no type.
function answerEmpty(ctx: HttpContext): void {
  ctx.body = null
  ctx.status = 200
}
