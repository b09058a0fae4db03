import type { Context } from 'koa'
import { pageHeaders } from '../page-headers.ts'
import type { Pages } from '../pages.ts'
import { type PageProblem, problemWords, wayOn } from '../problem-words.ts'
import { requestIdOf } from './assign-request-id.ts'

/** What the provider tells of an error that no client is to hear of: its OAuth code. */
interface Told {
  readonly error: string
}

/** The provider's error page: our page for problems, which shows its code and none of its details. */
export function renderProviderError(pages: Pages) {
  return function renderError(ctx: Context, { error }: Told): void {
    ctx.set(pageHeaders())
    ctx.type = 'html'
    const problem = problemOf(ctx.status, error)
    ctx.body = pages.render('problem', {
      ...problemWords(problem, null),
      code: error,
      requestId: requestIdOf(ctx),
      choices: [],
      csrf: '',
      back: wayOn(problem),
    })
  }
}

function problemOf(status: number, error: string): PageProblem {
  if (error === 'server_error' || status >= 500) return 'internal'
  if (error === 'temporarily_unavailable') return 'unavailable'
  if (error === 'invalid_client') return 'unknown_application'
  if (error === 'invalid_redirect_uri') return 'unregistered_address'
  return status === 404 ? 'not_found' : 'invalid_request'
}
