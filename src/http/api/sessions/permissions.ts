import { z } from 'zod'
import { DomainError } from '../../../errors.ts'
import { formatId, parseId } from '../../../ids.ts'
import { decideOnElevation } from '../../../sessions/manager/decide-elevation.ts'
import type { Elevation } from '../../../sessions/manager/elevation.ts'
import {
  type ElevationOptions,
  type SetPermissions,
  setPermissionsOfSession,
  setSessionPermissions,
} from '../../../sessions/manager/set-permissions.ts'
import type { Caller } from '../caller.ts'
import { type Operation, operation } from '../operation.ts'
import type { SessionsDeps } from './deps.ts'
import { RECENTLY, sessionId, sessionToken } from './schemas.ts'

const elevation = z
  .object({
    elevation_id: z.string(),
    state: z.enum(['asked', 'granted', 'refused']),
    permissions: z.array(z.string()),
    reason: z.string(),
    end_at: z.iso.datetime(),
  })
  .meta({ id: 'Elevation', description: 'Permissions of one session until a time' })

const wanted = {
  permissions: z.array(z.string().max(128)).max(64),
  lifetime: z.int().min(1).optional().meta({ description: 'Seconds' }),
  reason: z.string().max(500).optional(),
}

const given = z.object({ elevation: elevation.nullable() })

/** Temporary elevation: more than the roles give, for a while, for one session. */
export function permissionOperations(deps: SessionsDeps): readonly Operation[] {
  return [
    operation({
      id: 'setSessionPermissions',
      method: 'POST',
      path: '/sessions/permissions',
      scope: 'sessions:elevate',
      demands: RECENTLY,
      summary: 'Give a session permissions for a while',
      description:
        'In place of those it was given before; an empty list takes them back. Never beyond what the roles of the person may be given in the workspace. Without `lifetime` for 15 minutes.',
      input: z.object({ session_token: sessionToken, ...wanted }),
      output: given,
      errors: ['permission_denied', 'session_expired', 'session_ended', 'session_not_found'],
      handle: async ({ caller, input }) => {
        const { session_token: token, permissions } = input
        const options = optionsOf(caller, input)
        return presentSet(await setSessionPermissions(deps, token, permissions, options))
      },
    }),
    operation({
      id: 'setPermissionsOfSession',
      method: 'PUT',
      path: '/sessions/{session}/permissions',
      scope: 'sessions:elevate',
      demands: RECENTLY,
      summary: 'The same by the identifier of the session',
      description:
        'For a session of a browser, which has no session token: `session_id` of its access tokens names it. While the permissions hold, introspection tells them, and so do JWTs made meanwhile, which live no longer.',
      input: z.object({ session: sessionId, ...wanted }),
      output: given,
      errors: ['permission_denied', 'session_ended', 'session_not_found'],
      handle: async ({ caller, input }) => {
        const id = parseId('ses', input.session)
        if (!id) throw new DomainError('session_not_found', 'no such session')
        const options = optionsOf(caller, input)
        return presentSet(await setPermissionsOfSession(deps, id, input.permissions, options))
      },
    }),
    operation({
      id: 'decideElevation',
      method: 'POST',
      path: '/elevations/{elevation}/decision',
      scope: 'sessions:elevate',
      demands: RECENTLY,
      summary: 'Agree to an elevation that was asked for, or refuse it',
      description:
        'With the token of a second person: neither whose session it is nor who asked, a member of the same workspace whose own roles allow all of it or may be given it. For others it is not found.',
      input: z.object({ elevation: z.string().max(64), decision: z.enum(['grant', 'refuse']) }),
      output: z.object({ elevation }),
      errors: ['permission_denied', 'not_found', 'conflict'],
      handle: async ({ caller, input }) => {
        if (caller.kind !== 'person')
          throw new DomainError('permission_denied', 'only a person agrees to an elevation')
        const id = parseId('elv', input.elevation)
        if (!id) throw new DomainError('not_found', 'no such elevation')
        const grant = input.decision === 'grant' ? 'granted' : 'refused'
        const { userId, workspaceId } = caller.reach
        const decision = { id, grant, userId, workspaceId } as const
        return { elevation: present(await decideOnElevation(deps, decision)) }
      },
    }),
  ]
}

interface Wanted {
  readonly lifetime?: number | undefined
  readonly reason?: string | undefined
}

function optionsOf({ actor: by, reach }: Caller, { lifetime, reason }: Wanted): ElevationOptions {
  return {
    by,
    reach,
    ...(lifetime !== undefined && { lifetime }),
    ...(reason !== undefined && { reason }),
  }
}

function presentSet({ elevation: set }: SetPermissions): z.input<typeof given> {
  return { elevation: set && present(set) }
}

function present({ id, state, permissions, reason, endAt }: Elevation) {
  return {
    elevation_id: formatId('elv', id),
    state,
    permissions: [...permissions],
    reason,
    end_at: endAt.toISOString(),
  }
}
