import { z } from 'zod'
import type { EffectivePolicy } from '../../../decisions/policy.ts'
import { DomainError } from '../../../errors.ts'
import { type ClientId, formatId, parseId, type WorkspaceId } from '../../../ids.ts'
import { reaches } from '../../../sessions/manager/reach.ts'
import { policyOf } from '../../../sessions/manager/validate-session.ts'
import { type Operation, operation } from '../operation.ts'
import type { SessionsDeps } from '../sessions/deps.ts'
import { sessionId, userRef, workspaceRef } from '../sessions/schemas.ts'
import { imagined } from './imagined.ts'
import { presentLimit } from './limit-schemas.ts'
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
        return presentPolicy(
          await deps.policies.effectiveFor(await imagined(deps.db, asked, caller.reach)),
        )
      const id = parseId('ses', asked.session)
      const check = id && (await deps.tokenChecks(id))
      if (!check || !reaches(caller.reach, check.session))
        throw new DomainError('session_not_found', 'no such session')
      return presentPolicy(await policyOf(deps, check))
    },
  })
}

/** In the API's words; the operator's commands say the same. */
export function presentPolicy({
  rules,
  origins,
  concurrent,
}: EffectivePolicy): z.input<typeof explanation> {
  const shown = Object.entries(NAMES).map(([name, rule]) => {
    const { level, subject } = origins[rule]
    return [name, { value: rules[rule], level, subject: subjectOutside(level, subject) }]
  })
  return {
    rules: Object.fromEntries(shown),
    concurrent_sessions: concurrent.map((limit) =>
      presentLimit(limit, subjectOutside(limit.origin.level, limit.origin.subject)),
    ),
  }
}

/** Identifiers carry their kind outside. */
export function subjectOutside(level: string, subject: string): string {
  if (level === 'workspace') return formatId('wsp', subject as WorkspaceId)
  if (level === 'client') return formatId('cli', subject as ClientId)
  return level === 'role' ? subject.slice(subject.indexOf('/') + 1) : subject
}
