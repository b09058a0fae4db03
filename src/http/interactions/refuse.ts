import type { RouterContext } from '@koa/router'
import type { InteractionDeps } from './deps.ts'
import { answer, askedLogin, askInstead, openInteraction } from './open-interaction.ts'

export const REFUSED = { error: 'access_denied', error_description: 'the person refused' }

const NOT_A_MEMBER = {
  error: 'access_denied',
  error_description: 'not a member of the workspace',
}

/** Sends the person back to the client with a no. */
export function postCancel(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const interaction = await openInteraction(deps, ctx)
    const { details } = interaction
    await deps.csrf.check(ctx, details.uid)
    const isStranger = details.prompt.reasons.includes('not_a_member')
    await answer(ctx, interaction, { ...(isStranger ? NOT_A_MEMBER : REFUSED), keep: 'nothing' })
  }
}

/**
 * Asks for somebody else. The present login goes on until they have proved themselves, so that a
 * click by mistake logs nobody out.
 */
export function postSwitch(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const interaction = await openInteraction(deps, ctx)
    await deps.csrf.check(ctx, interaction.details.uid)
    await askInstead(ctx, interaction, { name: 'login', reason: 'switch_user' })
  }
}

/** Shows the picker to somebody whose client named a workspace that is not theirs. */
export function postChoose(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const interaction = await openInteraction(deps, ctx)
    await deps.csrf.check(ctx, interaction.details.uid)
    askedLogin(interaction)
    await askInstead(ctx, interaction, { name: 'workspace', reason: 'workspace_open' })
  }
}
