import { z } from 'zod'
import { DomainError } from '../../../errors.ts'
import { formatId, parseId } from '../../../ids.ts'
import { decideOnElevation } from '../../../sessions/manager/decide-elevation.ts'
import type { Elevation } from '../../../sessions/manager/elevation.ts'
import { setSessionPermissions } from '../../../sessions/manager/set-permissions.ts'
import { type Operation, operation } from '../operation.ts'
import type { SessionsDeps } from './deps.ts'
import { sessionToken } from './schemas.ts'

const elevation = z
  .object({
    elevation_id: z.string(),
    state: z.enum(['asked', 'granted', 'refused']),
    permissions: z.array(z.string()),
    reason: z.string(),
    end_at: z.iso.datetime(),
  })
  .meta({ id: 'Elevation', description: 'Permissions of one session until a time' })

const permissions = z.array(z.string().max(128)).max(64)

/** Temporary elevation: more than the roles give, for a while, for one session. */
export function permissionOperations(deps: SessionsDeps): readonly Operation[] {
  return [
    operation({
      id: 'setSessionPermissions',
      method: 'POST',
      path: '/sessions/permissions',
      scope: 'sessions:elevate',
      summary: 'Give a session permissions for a while',
      description:
        'In place of those it was given before; an empty list takes them back. Never beyond what the roles of the person may be given in the workspace. Without `lifetime` for 15 minutes.',
      input: z.object({
        session_token: sessionToken,
        permissions,
        lifetime: z.int().min(1).optional().meta({ description: 'Seconds' }),
        reason: z.string().max(500).optional(),
      }),
      output: z.object({ elevation: elevation.nullable() }),
      errors: ['permission_denied', 'session_expired', 'session_ended', 'session_not_found'],
      handle: async ({ caller, input }) => {
        const set = await setSessionPermissions(deps, input.session_token, input.permissions, {
          by: caller.actor,
          reach: caller.reach,
          ...(input.lifetime !== undefined && { lifetime: input.lifetime }),
          ...(input.reason !== undefined && { reason: input.reason }),
        })
        return { elevation: set.elevation && present(set.elevation) }
      },
    }),
    operation({
      id: 'decideElevation',
      method: 'POST',
      path: '/elevations/{elevation}/decision',
      scope: 'sessions:elevate',
      summary: 'Agree to an elevation that was asked for, or refuse it',
      description: 'Whoever asked cannot agree.',
      input: z.object({ elevation: z.string().max(64), decision: z.enum(['grant', 'refuse']) }),
      output: z.object({ elevation }),
      errors: ['not_found', 'conflict'],
      handle: async ({ caller, input }) => {
        const id = parseId('elv', input.elevation)
        if (!id) throw new DomainError('not_found', 'no such elevation')
        const grant = input.decision === 'grant' ? 'granted' : 'refused'
        const { actor: by, reach } = caller
        return { elevation: present(await decideOnElevation(deps, { id, grant, by, reach })) }
      },
    }),
  ]
}

function present({ id, state, permissions: given, reason, endAt }: Elevation) {
  return {
    elevation_id: formatId('elv', id),
    state,
    permissions: [...given],
    reason,
    end_at: endAt.toISOString(),
  }
}
