import type { RouterContext } from '@koa/router'
import { formatId, parseId } from '../../ids.ts'
import type { Admitted } from '../../sessions/login/admit.ts'
import { whyLeft } from '../../sessions/login/why-evicted.ts'
import { findUser } from '../../users/find-user.ts'
import { parseUsername } from '../../users/user.ts'
import { rememberLogin } from './browser-login.ts'
import type { InteractionDeps } from './deps.ts'
import { anyPasskey } from './door.ts'
import type { EnterDeps, Entrance } from './enter.ts'
import { barredReason, loggedOutNotice } from './eviction-words.ts'
import { answer, type OpenInteraction, openInteraction } from './open-interaction.ts'
import { raiseLevel } from './raise-level.ts'
import { doorOf } from './request-door.ts'
import { goOn, show } from './show.ts'
import { type FailedLogin, failureShown } from './try-login.ts'

/** Asks who is there, or for what is missing of an earlier proof. */
export async function askToLogIn(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: OpenInteraction,
): Promise<void> {
  const raising = await raiseLevel(deps, ctx, interaction)
  if (raising.state === 'not_enough') return showLogin(deps, ctx, interaction)
  if (raising.state === 'reached') await answerWith(ctx, interaction, raising.admitted)
}

/** A person who is logged in is asked to prove that it is still them. */
async function showLogin(
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
    notice: interaction.login ? null : await loggedOutNotice(deps, ctx),
    confirmReason: confirmed === null ? null : await reasonFor(deps, interaction),
    cancelAction: `${path}/cancel`,
    switchAction: confirmed === null ? null : `${path}/switch`,
    passkey: anyPasskey(deps, doorOf(interaction)),
  }
  show(ctx, deps.pages, {
    page: 'login',
    model,
    status: failed?.status ?? 200,
    leadsTo: [redirectUri],
  })
}

type Enter = (deps: EnterDeps, ctx: RouterContext, at: Entrance) => Promise<Admitted | null>

/** Answers a form that lets in: by a password, by a further factor, or by a passkey. */
export function postLogin(deps: InteractionDeps, enter: Enter) {
  return async (ctx: RouterContext): Promise<void> => {
    const interaction = await openInteraction(deps, ctx)
    if (interaction.details.prompt.name !== 'login') return goOn(ctx, interaction.path)
    const admitted = await enter(deps, ctx, {
      door: doorOf(interaction),
      showFirst: (failed) => showLogin(deps, ctx, interaction, failed),
    })
    if (!admitted) return
    // The login is worth more from now on: whoever knows its cookie from before must not have that.
    if (admitted.loginId === interaction.login?.id) await rememberLogin(deps, ctx, admitted.loginId)
    await answerWith(ctx, interaction, admitted)
  }
}

async function answerWith(
  ctx: RouterContext,
  interaction: OpenInteraction,
  { loginId, userId, authTime, proof }: Admitted,
): Promise<void> {
  const accountId = formatId('usr', userId)
  // What somebody else has answered on the way here is not this person's answer.
  const isSame = interaction.details.session?.accountId === accountId
  continueAs(interaction, loginId)
  const ts = Math.floor(authTime.getTime() / 1000)
  const { acr, amr } = proof
  const login = { accountId, ts, acr, amr: [...amr], remember: false, loginId }
  await answer(ctx, interaction, { login, keep: isSame ? 'earlier answers' : 'nothing' })
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

async function reasonFor(
  deps: InteractionDeps,
  { details, clientName, login }: OpenInteraction,
): Promise<string> {
  if (!details.prompt.reasons.includes('workspace_barred'))
    return `${clientName} wants to be sure that it is still you.`
  const workspaceId = parseId('wsp', details.prompt.details.workspace)
  return barredReason(login && workspaceId && (await whyLeft(deps, login.id, workspaceId)))
}

/** `login_hint` may be anything; only what could be a username is put into the field. */
function hintOf({ details }: OpenInteraction): string {
  const { login_hint: hint } = details.params
  return (typeof hint === 'string' && parseUsername(hint)) || ''
}
