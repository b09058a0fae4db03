import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { type FullWorkspace, fullWorkspaceOf } from '../../oidc/full-workspace.ts'
import { endChoice } from '../../sessions/login/end-choice.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import { problemWords } from '../problem-words.ts'
import type { RoomModel } from '../view-models.ts'
import type { InteractionDeps } from './deps.ts'
import { answer, askedLogin, type OpenInteraction, openInteraction } from './open-interaction.ts'
import { tellEnded } from './outcomes.ts'
import { placesOf } from './places.ts'
import { show, showProblem } from './show.ts'

/** Tells that a workspace, or an application in it, has as many sessions as there may be. */
export async function showFull(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: OpenInteraction,
): Promise<void> {
  const { details, path, clientName, redirectUri } = interaction
  const { userId } = askedLogin(interaction)
  const full = fullWorkspaceOf(details.prompt.details)
  if (!full.mayChoose) return showDenied(deps, ctx, interaction)
  const model: RoomModel = {
    action: `${path}/room`,
    csrf: await deps.csrf.issue(ctx, details.uid),
    fields: [],
    ticket: '',
    clientName,
    of: 'sessions',
    mayChoose: true,
    max: full.max,
    places: await placesOf(deps, userId, full.candidates),
    cancelAction: `${path}/cancel`,
  }
  show(ctx, deps.pages, { page: 'room', model, leadsTo: [redirectUri] })
}

const form = z.object({ end: z.string().max(64).default('') })

/** Ends what the person chose and goes on; whether there is room then is seen when they enter. */
export function postRoom(deps: InteractionDeps, elsewise: (ctx: RouterContext) => Promise<void>) {
  return async (ctx: RouterContext): Promise<void> => {
    const interaction = await openInteraction(deps, ctx)
    const { details } = interaction
    if (details.prompt.name !== 'limit') return elsewise(ctx)
    await deps.csrf.check(ctx, details.uid)
    const { end } = parse(form, await readForm(ctx))
    const { userId } = askedLogin(interaction)
    if (isOffered(fullWorkspaceOf(details.prompt.details), end))
      tellEnded(await endChoice(deps, userId, end))
    await answer(ctx, interaction, { limit: {}, keep: 'earlier answers' })
  }
}

function isOffered({ mayChoose, offered }: FullWorkspace, chosen: string): boolean {
  return mayChoose && offered.includes(chosen)
}

async function showDenied(
  deps: InteractionDeps,
  ctx: RouterContext,
  { details, path, clientName, redirectUri }: OpenInteraction,
): Promise<void> {
  showProblem(ctx, deps.pages, {
    code: 'limit_reached',
    words: problemWords('limit_reached', null),
    csrf: await deps.csrf.issue(ctx, details.uid),
    choices: [
      { action: `${path}/room`, label: 'Try again' },
      { action: `${path}/cancel`, label: `Back to ${clientName}` },
    ],
    back: { href: '/account', label: 'Your sessions' },
    leadsTo: [redirectUri],
  })
}
