import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { formatId, parseId } from '../../ids.ts'
import { membershipOf, workspacesOf } from '../../workspaces/find-membership.ts'
import type { Membership } from '../../workspaces/membership.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import type { InteractionDeps } from './deps.ts'
import { nameOfUser } from './display-name.ts'
import { answer, askedLogin, type OpenInteraction, openInteraction } from './open-interaction.ts'
import { goOn, show, showProblem } from './show.ts'

/** Asks which workspace to enter, or tells that the one that was asked for cannot be. */
export async function showWorkspaces(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: OpenInteraction,
): Promise<void> {
  const { details, path, clientName, redirectUri } = interaction
  const { userId } = askedLogin(interaction)
  const memberships = await workspacesOf(deps.db, userId)
  if (details.prompt.reasons.includes('not_a_member') || memberships.length === 0)
    return showStranger(deps, ctx, interaction, memberships)

  const model = {
    action: `${path}/workspace`,
    csrf: await deps.csrf.issue(ctx, details.uid),
    clientName,
    userName: await nameOfUser(deps.db, userId),
    workspaces: memberships.map(choiceOf),
    switchAction: `${path}/switch`,
  }
  show(ctx, deps.pages, { page: 'pick-workspace', model, leadsTo: [redirectUri] })
}

const form = z.object({ workspace: z.string().max(64) })

export function postWorkspace(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const interaction = await openInteraction(deps, ctx)
    const { details, path } = interaction
    if (details.prompt.name !== 'workspace') return goOn(ctx, path)
    await deps.csrf.check(ctx, details.uid)
    const id = parseId('wsp', parse(form, await readForm(ctx)).workspace)

    const { userId } = askedLogin(interaction)
    const membership = id && (await membershipOf(deps.db, userId, id))
    if (!membership) return showNotYours(deps, ctx, interaction)
    const picked = { id: formatId('wsp', membership.workspace.id) }
    await answer(ctx, interaction, { workspace: picked, keep: 'earlier answers' })
  }
}

/** The same words for a workspace of others and for one that does not exist. */
export async function showNotYours(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: OpenInteraction,
): Promise<void> {
  const { userId } = askedLogin(interaction)
  await showStranger(deps, ctx, interaction, await workspacesOf(deps.db, userId))
}

async function showStranger(
  deps: InteractionDeps,
  ctx: RouterContext,
  { details, path, clientName, redirectUri }: OpenInteraction,
  memberships: readonly Membership[],
): Promise<void> {
  const choose = { action: `${path}/choose`, label: 'Choose another workspace' }
  showProblem(ctx, deps.pages, {
    code: 'not_a_member',
    ...(memberships.length === 0 ? { words: NO_WORKSPACE } : {}),
    csrf: await deps.csrf.issue(ctx, details.uid),
    choices: [
      ...(memberships.length > 0 ? [choose] : []),
      { action: `${path}/switch`, label: 'Log in as someone else' },
      { action: `${path}/cancel`, label: `Back to ${clientName}` },
    ],
    leadsTo: [redirectUri],
  })
}

const NO_WORKSPACE = {
  title: 'You are in no workspace yet',
  explanation: 'Applications open one of your workspaces, and you are not a member of any.',
  advice: 'Ask somebody who manages a workspace to invite you, then try again.',
}

function choiceOf({ workspace, roles }: Membership) {
  const { id, name, slug } = workspace
  return { value: formatId('wsp', id), name, slug, roles }
}
