import type { Actor } from '../../audit/append-entry.ts'
import type { Context } from '../context/context.ts'
import { keepContext, mustStop } from '../context/keep-context.ts'
import { notePlace } from '../context/note-place.ts'
import { judgeSessionToken } from './judge-session-token.ts'
import { openSessionToken } from './open-session-token.ts'
import { asError } from './renew-session.ts'
import { type SessionView, viewOf } from './session-view.ts'
import { refuse, type ValidateDeps, type ValidateOptions } from './validate-session.ts'

/**
 * Tells of a change in where a session is used. It prolongs nothing: when a session was last used is
 * known from its uses, whatever a caller says of it.
 *
 * Throws `context_mismatch` where the change is one that the policy does not let pass.
 */
export async function updateSessionContext(
  deps: ValidateDeps,
  sessionToken: string,
  context: Context,
  { by, reach }: Pick<ValidateOptions, 'reach'> & { readonly by: Actor },
): Promise<SessionView> {
  const opened = await openSessionToken(deps, sessionToken, reach)
  if (!opened.opened) throw asError(opened.reason)
  const { check, token } = opened
  const judged = judgeSessionToken(check, token, deps.config.renewal)
  if (judged.verdict === 'refused') {
    const { reason, endCause } = await refuse(deps, opened, judged.reason)
    throw asError(reason, endCause)
  }
  const { reaction } = await keepContext(deps, check, { told: context, by })
  if (await mustStop(deps, { id: check.session.id, reaction })) throw asError('context_mismatch')
  notePlace(deps, check.session.id, context)
  return viewOf(check)
}
