import { z } from 'zod'
import { type Rules, roleSubject, type Said } from '../../../decisions/policy.ts'
import type { PolicyLevel } from '../../../decisions/policy-level.ts'
import { removePolicy, setPolicy } from '../../../decisions/set-policy.ts'
import { DomainError } from '../../../errors.ts'
import type { WorkspaceId } from '../../../ids.ts'
import { workspacesOfReach } from '../../../sessions/manager/reach.ts'
import { findWorkspace } from '../../../workspaces/find-workspace.ts'
import { setRole } from '../../../workspaces/set-role.ts'
import type { Caller } from '../caller.ts'
import { type Operation, operation } from '../operation.ts'
import type { SessionsDeps } from '../sessions/deps.ts'
import { workspaceRef } from '../sessions/schemas.ts'
import { concurrencyOf } from './limit-schemas.ts'
import { NAMES, rules } from './schemas.ts'

const role = z.string().max(64)
const permissions = z.array(z.string().max(128)).max(64)

/** What a workspace says of the sessions in it, and what its roles allow. */
export function workspaceRuleOperations(deps: SessionsDeps): readonly Operation[] {
  const write = async (
    caller: Caller,
    place: { readonly level: PolicyLevel; readonly subject: string; readonly in: WorkspaceId },
    said: z.output<typeof rules>,
  ) => {
    const policy = { level: place.level, subject: place.subject, rules: rulesOf(said) }
    const change = { policy, workspaceId: place.in, by: caller.actor }
    await (Object.keys(policy.rules).length > 0
      ? setPolicy(deps.db, change)
      : removePolicy(deps.db, change))
    await deps.policies.refresh()
    return { rules: said }
  }

  return [
    operation({
      id: 'setWorkspacePolicy',
      method: 'PUT',
      path: '/workspaces/{workspace}/policy',
      scope: 'policies:manage',
      summary: 'Say what holds for all sessions of a workspace',
      description:
        'In place of what was said before. Rules only tighten: of all that apply the strictest holds. Running sessions follow within a minute; where there are more than a limit allows, those end whom its action names.',
      input: z.object({ workspace: workspaceRef, rules }),
      output: z.object({ rules }),
      errors: ['workspace_not_found'],
      handle: async ({ caller, input }) => {
        const id = await mustReach(deps, caller, input.workspace)
        return write(caller, { level: 'workspace', subject: id, in: id }, input.rules)
      },
    }),
    operation({
      id: 'setRolePolicy',
      method: 'PUT',
      path: '/workspaces/{workspace}/roles/{role}/policy',
      scope: 'policies:manage',
      summary: 'Say what holds for sessions of members with a role',
      input: z.object({ workspace: workspaceRef, role, rules }),
      output: z.object({ rules }),
      errors: ['workspace_not_found'],
      handle: async ({ caller, input }) => {
        const id = await mustReach(deps, caller, input.workspace)
        const subject = roleSubject(id, input.role)
        return write(caller, { level: 'role', subject, in: id }, input.rules)
      },
    }),
    operation({
      id: 'setRole',
      method: 'PUT',
      path: '/workspaces/{workspace}/roles/{role}',
      scope: 'policies:manage',
      summary: 'Say what a role allows, and what its sessions may be given for a while',
      input: z.object({
        workspace: workspaceRef,
        role,
        permissions: permissions.default([]),
        elevations: permissions.default([]),
      }),
      output: z.object({ role, permissions, elevations: permissions }),
      errors: ['workspace_not_found'],
      handle: async ({ caller, input }) => {
        const workspaceId = await mustReach(deps, caller, input.workspace)
        const { permissions: given, elevations } = input
        const set = await setRole(deps.db, {
          workspaceId,
          role: { name: input.role, permissions: given, elevations },
          by: caller.actor,
        })
        return {
          role: set.name,
          permissions: [...set.permissions],
          elevations: [...set.elevations],
        }
      },
    }),
  ]
}

async function mustReach(
  { db }: SessionsDeps,
  caller: Caller,
  reference: string,
): Promise<WorkspaceId> {
  const workspace = await findWorkspace(db, reference)
  if (
    caller.kind !== 'service' ||
    !workspace ||
    !workspacesOfReach(caller.reach).includes(workspace.id)
  )
    throw new DomainError('workspace_not_found', 'no such workspace')
  return workspace.id
}

/** What was said in the API's words, in ours. */
export function rulesOf(said: z.output<typeof rules>): Said {
  const given = Object.entries(NAMES)
    .map(([name, rule]) => [rule, said[name as keyof typeof NAMES]])
    .filter(([, value]) => value !== undefined)
  const { concurrent_sessions: limits } = said
  return {
    ...(Object.fromEntries(given) as Partial<Rules>),
    ...(limits && Object.keys(limits).length > 0 && { concurrent: concurrencyOf(limits) }),
  }
}
