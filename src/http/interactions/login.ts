import type { RouterContext } from '@koa/router'
import { formatId } from '../../ids.ts'
import { PASSWORD_PROOF } from '../../sessions/login.ts'
import { findUser } from '../../users/find-user.ts'
import { parseUsername } from '../../users/user.ts'
import type { InteractionDeps } from './deps.ts'
import { answer, type OpenInteraction, openInteraction } from './open-interaction.ts'
import { goOn, show } from './show.ts'
import { type FailedLogin, failureShown, tryLogin } from './try-login.ts'

/** Asks who is there; a person who is logged in is asked to prove that it is still them. */
export async function showLogin(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: OpenInteraction,
  failed: FailedLogin | null = null,
): Promise<void> {
  const { details, path, clientName, redirectUri } = interaction
  const confirmed = await personToConfirm(deps, interaction)
  const model = {
    action: `${path}/login`,
    csrf: await deps.csrf.issue(ctx, details.uid),
    fields: [],
    clientName,
    username: confirmed ?? failed?.username ?? hintOf(interaction),
    ...failureShown(ctx, failed),
    confirmReason: confirmed === null ? null : reasonFor(interaction),
    cancelAction: `${path}/cancel`,
    switchAction: confirmed === null ? null : `${path}/switch`,
  }
  show(ctx, deps.pages, {
    page: 'login',
    model,
    status: failed?.status ?? 200,
    leadsTo: [redirectUri],
  })
}

export function postLogin(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const interaction = await openInteraction(deps, ctx)
    const { details, login, path } = interaction
    if (details.prompt.name !== 'login') return goOn(ctx, path)

    const entered = await tryLogin(deps, ctx, { scope: details.uid, current: login })
    if (!entered.ok) return showLogin(deps, ctx, interaction, entered)

    const accountId = formatId('usr', entered.user.id)
    // What somebody else has answered on the way here is not this person's answer.
    const keep = details.session?.accountId === accountId ? 'earlier answers' : 'nothing'
    continueAs(interaction, entered.loginId)
    const ts = Math.floor(entered.authTime.getTime() / 1000)
    const { loginId } = entered
    const proof = { acr: PASSWORD_PROOF.acr, amr: [...PASSWORD_PROOF.amr] }
    const proven = { accountId, ts, ...proof, remember: false, loginId }
    await answer(ctx, interaction, { login: proven, keep })
  }
}

/** A request that was begun under another login is now this one's; it would be refused otherwise. */
function continueAs({ details }: OpenInteraction, loginId: string): void {
  if (details.session && details.session.uid !== loginId) delete details.session
}

/** Reasons for which another person is wanted than the one who is logged in. */
const SOMEBODY_ELSE = ['switch_user', 'id_token_hint', 'claims_id_token_sub_value']

/** The username of the person to ask again; null when anybody may log in. */
async function personToConfirm(
  { db }: InteractionDeps,
  { details, login }: OpenInteraction,
): Promise<string | null> {
  if (!login || details.session?.uid !== login.id) return null
  if (details.prompt.reasons.some((reason) => SOMEBODY_ELSE.includes(reason))) return null
  return (await findUser(db, login.userId))?.username ?? null
}

function reasonFor({ details, clientName }: OpenInteraction): string {
  return details.prompt.reasons.includes('workspace_barred')
    ? 'Your last session in this workspace was ended. Your password opens a new one.'
    : `${clientName} wants to be sure that it is still you.`
}

/** `login_hint` may be anything; only what could be a username is put into the field. */
function hintOf({ details }: OpenInteraction): string {
  const { login_hint: hint } = details.params
  return (typeof hint === 'string' && parseUsername(hint)) || ''
}
