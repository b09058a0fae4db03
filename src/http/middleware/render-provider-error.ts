import type { Context } from 'koa'
import { pageHeaders } from '../page-headers.ts'
import type { Pages } from '../pages.ts'
import type { PageProblem } from '../problem-words.ts'
import { problemWords } from '../problem-words.ts'
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
    ctx.body = pages.render('problem', {
      ...problemWords(problemOf(ctx.status, error), null),
      code: error,
      requestId: requestIdOf(ctx),
      choices: [],
      csrf: '',
      back: null,
    })
  }
}

function problemOf(status: number, error: string): PageProblem {
  if (error === 'server_error' || status >= 500) return 'internal'
  if (error === 'temporarily_unavailable') return 'unavailable'
  return status === 404 ? 'not_found' : 'invalid_request'
}
