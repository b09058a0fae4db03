import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { recordConsent } from '../../consent/record-consent.ts'
import { parseId, type UserId } from '../../ids.ts'
import type { SessionLimits } from '../../sessions/session.ts'
import { membershipOf, workspacesOf } from '../../workspaces/find-membership.ts'
import { findWorkspace } from '../../workspaces/find-workspace.ts'
import type { Membership } from '../../workspaces/membership.ts'
import { parse } from '../middleware/parse.ts'
import { readForm } from '../middleware/read-body.ts'
import { durationWords } from '../time-words.ts'
import type { InteractionDeps } from './deps.ts'
import { nameOfUser } from './display-name.ts'
import { answer, askedLogin, type OpenInteraction, openInteraction } from './open-interaction.ts'
import { showNotYours } from './pick-workspace.ts'
import { REFUSED } from './refuse.ts'
import { type Requested, requestedIn } from './requested.ts'
import { identityLines, resourceLines } from './scope-words.ts'
import { goOn, show } from './show.ts'

/** Asks whether the client may do what it asks for, in the one workspace that the request is about. */
export async function showConsent(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: OpenInteraction,
): Promise<void> {
  const { userId } = askedLogin(interaction)
  const place = await placeOf(deps, interaction, userId)
  if (!place) return showNotYours(deps, ctx, interaction)

  const requested = await requestedIn(deps, interaction)
  const { details, path, client, clientName, redirectUri } = interaction
  const model = {
    action: `${path}/consent`,
    csrf: await deps.csrf.issue(ctx, details.uid),
    clientName,
    clientHost: hostOf(redirectUri),
    selfRegistered: client.selfRegistered,
    workspaceName: place.workspace.name,
    userName: await nameOfUser(deps.db, userId),
    ...wordsOf(deps, requested, await limitsOf(deps, interaction, place)),
  }
  show(ctx, deps.pages, { page: 'consent', model, leadsTo: [redirectUri] })
}

const form = z.object({ decision: z.enum(['allow', 'refuse']) })

export function postConsent(deps: InteractionDeps) {
  return async (ctx: RouterContext): Promise<void> => {
    const interaction = await openInteraction(deps, ctx)
    const { details, path, client } = interaction
    if (details.prompt.name !== 'consent') return goOn(ctx, path)
    await deps.csrf.check(ctx, details.uid)
    const { decision } = parse(form, await readForm(ctx))
    if (decision === 'refuse') return answer(ctx, interaction, { ...REFUSED, keep: 'nothing' })

    const { userId } = askedLogin(interaction)
    const place = await placeOf(deps, interaction, userId)
    if (!place) return showNotYours(deps, ctx, interaction)
    const { scopes } = await requestedIn(deps, interaction)
    await recordConsent(deps.db, {
      userId,
      workspaceId: place.workspace.id,
      clientId: client.id,
      scopes,
      by: { kind: 'user', id: userId },
    })
    await answer(ctx, interaction, { consent: {}, keep: 'earlier answers' })
  }
}

/** Picked on the way here, else named by the request, else the only one; null when it is not theirs. */
async function placeOf(
  { db }: InteractionDeps,
  { details }: OpenInteraction,
  userId: UserId,
): Promise<Membership | null> {
  const earlier = details.lastSubmission as { workspace?: { id?: unknown } } | undefined
  const picked = parseId('wsp', earlier?.workspace?.id)
  if (picked) return membershipOf(db, userId, picked)
  const { workspace: named } = details.params
  if (typeof named === 'string') {
    const workspace = await findWorkspace(db, named)
    return workspace && membershipOf(db, userId, workspace.id)
  }
  const [only, ...others] = await workspacesOf(db, userId)
  return only && others.length === 0 ? only : null
}

/** What will hold for the session that a yes begins. */
async function limitsOf(
  { policies }: InteractionDeps,
  { client, login }: OpenInteraction,
  { workspace, roles }: Membership,
): Promise<SessionLimits> {
  const { id: workspaceId } = workspace
  const acr = login?.acr ?? null
  return (await policies.effectiveFor({ workspaceId, clientId: client.id, roles, acr })).rules
}

function wordsOf(
  { config: { offline } }: InteractionDeps,
  { scopes, resources }: Requested,
  sessions: SessionLimits,
) {
  const most = durationWords(Math.min(sessions.maxDuration, sessions.absoluteTimeout))
  return {
    identity: identityLines(scopes.openid),
    resources: resources.map(({ name, identifier }) => ({
      name,
      scopes: resourceLines(name, scopes.resources[identifier] ?? []),
    })),
    offlineAccess: scopes.openid.includes('offline_access')
      ? `${durationWords(offline.idleTimeout)} without use, and ${durationWords(offline.absoluteTimeout)} at most`
      : null,
    sessionLifetime: `At most ${most}, ${durationWords(sessions.idleTimeout)} without use`,
  }
}

/** Who gets the answer: a host, or the scheme of an application on a device. */
function hostOf(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri)
  return host || protocol
}
