import { z } from 'zod'
import { findClient } from '../../../clients/find-client.ts'
import type { EffectivePolicy, PolicySubject } from '../../../decisions/policy.ts'
import { DomainError } from '../../../errors.ts'
import { type ClientId, formatId, parseId, type WorkspaceId } from '../../../ids.ts'
import { personOf } from '../../../sessions/manager/place-session.ts'
import { reaches, workspacesOfReach } from '../../../sessions/manager/reach.ts'
import { policyOf } from '../../../sessions/manager/validate-session.ts'
import { membershipOf } from '../../../workspaces/find-membership.ts'
import { findWorkspace } from '../../../workspaces/find-workspace.ts'
import type { Caller } from '../caller.ts'
import { type Operation, operation } from '../operation.ts'
import type { SessionsDeps } from '../sessions/deps.ts'
import { sessionId, userRef, workspaceRef } from '../sessions/schemas.ts'
import { explanation, NAMES } from './schemas.ts'

const input = z.object({
  session: sessionId.optional(),
  workspace: workspaceRef.optional(),
  user: userRef.optional(),
  client: z.string().max(128).optional(),
  acr: z.string().max(200).optional(),
})

/** Which rules hold for a session, or would for one that is made as described, and where each comes from. */
export function explainPolicyOperation(deps: SessionsDeps): Operation {
  return operation({
    id: 'explainPolicy',
    method: 'GET',
    path: '/policies/explain',
    scope: 'policies:read',
    summary: 'Which rule won, for a session or for one that might be',
    description:
      'Name a `session`, or a `workspace` and, if it matters, a `user` (their roles count), a `client` and an `acr`.',
    input,
    output: explanation,
    errors: ['session_not_found', 'workspace_required', 'workspace_not_found', 'user_not_found'],
    handle: async ({ caller, input: asked }) => {
      if (asked.session === undefined)
        return present(await deps.policies.effectiveFor(await imagined(deps, caller, asked)))
      const id = parseId('ses', asked.session)
      const check = id && (await deps.tokenChecks(id))
      if (!check || !reaches(caller.reach, check.session))
        throw new DomainError('session_not_found', 'no such session')
      return present(await policyOf(deps, check))
    },
  })
}

async function imagined(
  deps: SessionsDeps,
  caller: Caller,
  asked: z.output<typeof input>,
): Promise<PolicySubject> {
  if (asked.workspace === undefined)
    throw new DomainError('workspace_required', 'name a session or a workspace')
  const workspace = await findWorkspace(deps.db, asked.workspace)
  if (!workspace || !workspacesOfReach(caller.reach).includes(workspace.id))
    throw new DomainError('workspace_not_found', 'no such workspace')
  const client = asked.client === undefined ? null : await findClient(deps.db, asked.client)
  return {
    workspaceId: workspace.id,
    clientId: client?.id ?? null,
    roles: asked.user === undefined ? [] : await rolesOf(deps, workspace.id, asked.user),
    acr: asked.acr ?? null,
  }
}

async function rolesOf(
  { db }: SessionsDeps,
  workspaceId: WorkspaceId,
  reference: string,
): Promise<readonly string[]> {
  const user = await personOf(db, reference)
  const membership = user && (await membershipOf(db, user.id, workspaceId))
  if (!membership) throw new DomainError('user_not_found', 'no such user in that workspace')
  return membership.roles
}

function present({ rules, origins }: EffectivePolicy): z.input<typeof explanation> {
  const shown = Object.entries(NAMES).map(([name, rule]) => {
    const { level, subject } = origins[rule]
    return [name, { value: rules[rule], level, subject: subjectOutside(level, subject) }]
  })
  return { rules: Object.fromEntries(shown) }
}

/** Identifiers carry their kind outside. */
function subjectOutside(level: string, subject: string): string {
  if (level === 'workspace') return formatId('wsp', subject as WorkspaceId)
  if (level === 'client') return formatId('cli', subject as ClientId)
  return level === 'role' ? subject.slice(subject.indexOf('/') + 1) : subject
}
