import type { Sql } from '../../database/sql.ts'
import { DomainError } from '../../errors.ts'
import { parseId, type UserId, type WorkspaceId } from '../../ids.ts'
import { findUser, findUserByExternalId } from '../../users/find-user.ts'
import type { User } from '../../users/user.ts'
import { workspacesOf } from '../../workspaces/find-membership.ts'
import { findWorkspace } from '../../workspaces/find-workspace.ts'
import { type Reach, workspacesOfReach } from './reach.ts'

/** A person by `usr_…`, or by their identifier in a directory elsewhere. */
export async function personOf(db: Sql, reference: string): Promise<User | null> {
  const id = parseId('usr', reference)
  const user = id ? await findUser(db, id) : await findUserByExternalId(db, reference)
  return user?.state === 'active' ? user : null
}

export interface Placed {
  readonly workspaceId: WorkspaceId
  readonly roles: readonly string[]
}

/**
 * Where a person's session is to be: the workspace that was named, else the caller's only one, else
 * the person's only one. Beyond the caller's reach nothing is found, and nobody enters unasked.
 */
export async function placeSession(
  db: Sql,
  userId: UserId,
  { named, reach }: { readonly named: string | null; readonly reach: Reach },
): Promise<Placed> {
  const memberships = await workspacesOf(db, userId)
  const reached = workspacesOfReach(reach)
  const within = memberships.filter(({ workspace }) => reached.includes(workspace.id))
  const wanted = named === null ? null : await findWorkspace(db, named)
  const [only, another] = within
  const found =
    named === null
      ? another
        ? undefined
        : only
      : within.find((one) => one.workspace.id === wanted?.id)
  if (found) return { workspaceId: found.workspace.id, roles: found.roles }
  if (named === null && another)
    throw new DomainError('workspace_required', 'name the workspace: the person is in several')
  throw new DomainError('not_a_member', 'the person is no member of that workspace')
}

/** Where a service's own session is to be: the workspace that was named, else its only one. */
export async function placeService(
  db: Sql,
  { named, reach }: { readonly named: string | null; readonly reach: Reach },
): Promise<WorkspaceId> {
  const reached = workspacesOfReach(reach)
  const [only, another] = reached
  if (named === null && another)
    throw new DomainError('workspace_required', 'name the workspace: you are admitted to several')
  const wanted = named === null ? only : (await findWorkspace(db, named))?.id
  if (wanted && reached.includes(wanted)) return wanted
  throw new DomainError('workspace_not_found', 'no such workspace')
}
