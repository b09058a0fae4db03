import type { RouterContext } from '@koa/router'
import { LEVEL_UNMET } from '../../oidc/asked-level.ts'
import { LIMIT_REACHED } from '../../oidc/interaction-policy.ts'
import { readForm } from '../middleware/read-body.ts'
import type { InteractionDeps } from './deps.ts'
import { answer, askedLogin, askInstead, openInteraction } from './open-interaction.ts'

export const REFUSED = { error: 'access_denied', error_description: 'the person refused' }

const NOT_A_MEMBER = {
  error: 'access_denied',
  error_description: 'not a member of the workspace',
}

// RFC 9470 §5: the client learns that the level was the reason, and not the person's will alone.
const UNMET = {
  error: 'unmet_authentication_requirements',
  error_description: 'the requested level was not reached',
}

const NO_ROOM = {
  error: 'access_denied',
  error_description: 'there are as many sessions as there may be',
}

function refusalOf(reasons: readonly string[], { because }: Readonly<Record<string, string>>) {
  if (reasons.includes('not_a_member')) return NOT_A_MEMBER
  // A login for which there is no room is no prompt of its own: its page says so.
  if (because === LIMIT_REACHED || reasons.includes(LIMIT_REACHED)) return NO_ROOM
  return reasons.includes(LEVEL_UNMET) ? UNMET : REFUSED
}

/** Sends the person back to the client with a no. */
export function postCancel(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const interaction = await openInteraction(deps, ctx)
    const { details } = interaction
    await deps.csrf.check(ctx, details.uid)
    const refusal = refusalOf(details.prompt.reasons, await readForm(ctx))
    await answer(ctx, interaction, { ...refusal, keep: 'nothing' })
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
