import { Eta } from 'eta'
import type { PageModel } from './page-model.ts'

export interface Pages {
  readonly render: (model: PageModel) => string
}

export function createPages(views: string): Pages {
  const eta = new Eta({ views, cache: true, autoEscape: true })
  return { render: (model) => eta.render('/demo/app', model) }
}
