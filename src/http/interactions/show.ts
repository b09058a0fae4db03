import type { Context } from 'koa'
import { requestIdOf } from '../middleware/assign-request-id.ts'
import { PROBLEMS } from '../middleware/problems.ts'
import { pageHeaders } from '../page-headers.ts'
import type { Pages } from '../pages.ts'
import { problemWords } from '../problem-words.ts'
import type { PageModels, ProblemModel } from '../view-models.ts'

export interface Shown<K extends keyof PageModels> {
  readonly page: K
  readonly model: PageModels[K]
  readonly status?: number
  /** Where the page's forms may lead in the end. */
  readonly leadsTo?: readonly string[]
}

/** Answers with a page. */
export function show<K extends keyof PageModels>(
  ctx: Context,
  pages: Pages,
  { page, model, status = 200, leadsTo = [] }: Shown<K>,
): void {
  ctx.status = status
  ctx.set(pageHeaders(leadsTo))
  ctx.type = 'html'
  ctx.body = pages.render(page, model)
}

export interface ShownProblem {
  readonly code: 'not_a_member' | 'limit_reached' | 'invalid_request'
  /** Where this case deserves other words than its code. */
  readonly words?: Pick<ProblemModel, 'title' | 'explanation' | 'advice'>
  readonly choices?: ProblemModel['choices']
  readonly csrf?: string
  readonly back?: ProblemModel['back']
  readonly leadsTo?: readonly string[]
}

/** Answers with a problem page that offers a way on. */
export function showProblem(ctx: Context, pages: Pages, problem: ShownProblem): void {
  const { status, page } = PROBLEMS[problem.code]
  const { words = problemWords(page, null), choices = [], csrf = '', back = null } = problem
  const requestId = requestIdOf(ctx)
  const model = { ...words, code: problem.code, requestId, choices, csrf, back }
  show(ctx, pages, { page: 'problem', model, status, leadsTo: problem.leadsTo ?? [] })
}

/** Answers a form: the browser goes on with GET, and no reload posts the form again. */
export function goOn(ctx: Context, address: string): void {
  ctx.status = 303
  ctx.redirect(address)
}
