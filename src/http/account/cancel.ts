import type { RouterContext } from '@koa/router'
import { goOn } from '../interactions/show.ts'
import { readForm } from '../middleware/read-body.ts'

/** Leads back from an act that somebody thought better of; nothing is done, so nothing is proven. */
export async function postCancel(ctx: RouterContext): Promise<void> {
  await readForm(ctx)
  goOn(ctx, '/account')
}
