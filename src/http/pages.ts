import { Eta } from 'eta'
import type { AssetMap } from './assets.ts'
import { safeUrl } from './safe-url.ts'
import type { PageModels } from './view-models.ts'

export interface Pages {
  readonly render: <K extends keyof PageModels>(name: K, model: PageModels[K]) => string
}

/** Renders the pages for people; what a model says is escaped, and every address passes `safeUrl`. */
export function createPages(options: { readonly root: string; readonly assets: AssetMap }): Pages {
  const eta = new Eta({ views: options.root, cache: true, autoEscape: true })
  const tools = { asset: options.assets.href, url: safeUrl, initial }
  return { render: (name, model) => eta.render(`/${name}`, { ...model, ...tools }) }
}

/** The letter that stands for somebody or something where there is no picture. */
function initial(name: string): string {
  return ([...name.trim()][0] ?? '').toLocaleUpperCase('en')
}
