import type { Context, Middleware } from 'koa'
import { isUnavailable } from '../../database/unavailable.ts'
import { DomainError, type ErrorCode } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { pageHeaders } from '../page-headers.ts'
import type { Pages } from '../pages.ts'
import { problemWords, wayOn } from '../problem-words.ts'
import { requestIdOf } from './assign-request-id.ts'
import { oauthErrorOf } from './oauth-errors.ts'
import { PROBLEMS } from './problems.ts'
import { noteRefusal } from './refusal.ts'

interface Deps {
  readonly log: Log
  readonly pages: Pages
}

/**
 * Turns what is thrown below into an answer: a refusal into its problem, anything else into a 500
 * that tells the caller nothing but the number under which the log has it all.
 */
export function answerErrors({ log, pages }: Deps): Middleware {
  return async function errors(ctx, next) {
    try {
      await next()
      if (ctx.body == null && ctx.status >= 400) answerProblem(ctx, pages, codeOf(ctx.status))
    } catch (error) {
      const refusal = asRefusal(error)
      if (refusal === null) {
        log.error({ err: error, requestId: requestIdOf(ctx) }, 'a request failed')
      } else if (refusal.code === 'unavailable') {
        log.warn({ err: error, requestId: requestIdOf(ctx) }, 'a request found us unavailable')
      }
      answerProblem(ctx, pages, refusal?.code ?? 'internal', refusal)
    }
  }
}

/** Answers with a problem: OAuth's at its endpoints, else a page to a browser or RFC 9457. */
export function answerProblem(
  ctx: Context,
  pages: Pages,
  code: ErrorCode | 'internal',
  refusal: DomainError | null = null,
): void {
  const { title, page, ...problem } = PROBLEMS[code]
  const oauth = oauthErrorOf(ctx.path, code)
  const status = oauth?.status ?? problem.status
  const requestId = requestIdOf(ctx)
  ctx.status = status
  const retryAfter = refusal?.retryAfter ?? (status === 503 || status === 429 ? 1 : null)
  if (retryAfter !== null) ctx.set('Retry-After', String(retryAfter))
  if (oauth) {
    const description = refusal?.message ?? title.toLowerCase()
    noteRefusal(ctx, { error: oauth.error, reason: description })
    ctx.body = { error: oauth.error, error_description: description, request_id: requestId }
    return
  }
  if (wantsPage(ctx)) {
    ctx.set(pageHeaders())
    ctx.type = 'html'
    ctx.body = pages.render('problem', {
      ...problemWords(page, null),
      code,
      requestId,
      choices: [],
      csrf: '',
      back: wayOn(page),
    })
    return
  }
  ctx.body = {
    type: `urn:sojourn:problem:${code}`,
    title,
    status,
    ...(refusal && { detail: refusal.message }),
    code,
    request_id: requestId,
    ...refusal?.details,
  }
  ctx.type = 'application/problem+json'
}

/** At the API's addresses there are no pages, whatever a browser would rather have. */
function wantsPage(ctx: Context): boolean {
  return !ctx.path.startsWith('/api/') && ctx.accepts('json', 'html') === 'html'
}

/** Null for a fault of ours. */
function asRefusal(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error
  if (!(error instanceof Error)) return null
  if (isUnavailable(error)) {
    return new DomainError('unavailable', 'the database cannot answer now', { cause: error })
  }
  // The caller went away while the body was read.
  if ('code' in error && error.code === 'ECONNRESET' && error.message === 'aborted') {
    return new DomainError('invalid_request', 'the request was not finished', { cause: error })
  }
  // koa and its router refuse with errors that carry a status.
  const status = 'status' in error && 'expose' in error && error.expose ? Number(error.status) : 500
  return status >= 400 && status < 500
    ? new DomainError(codeOf(status), 'the request cannot be answered', { cause: error })
    : null
}

const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'invalid_credentials'],
  [404, 'not_found'],
  [405, 'method_not_allowed'],
  [413, 'too_large'],
  [415, 'unsupported_media_type'],
  [429, 'throttled'],
  [501, 'method_not_allowed'],
  [503, 'unavailable'],
])

function codeOf(status: number): ErrorCode {
  return CODES.get(status) ?? 'invalid_request'
}
