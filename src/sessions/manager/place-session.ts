import type { Sql } from '../../database/sql.ts'
import { DomainError } from '../../errors.ts'
import { parseId, type WorkspaceId } from '../../ids.ts'
import { findWorkspace } from '../../workspaces/find-workspace.ts'
import type { Person, Place } from './person-store.ts'
import { type Reach, workspacesOfReach } from './reach.ts'

/**
 * Where a person's session is to be: the workspace that was named, else the only one that they share
 * with the caller. Beyond the caller's reach nothing is found, and nobody enters unasked.
 */
export function placeSession({ places }: Person, named: string | null): Place {
  if (named === null) return onlyOf(places)
  const id = parseId('wsp', named)
  const found = places.find(({ workspaceId, slug }) => (id ? workspaceId === id : slug === named))
  if (!found) throw new DomainError('not_a_member', 'the person is no member of that workspace')
  return found
}

function onlyOf([only, another]: readonly Place[]): Place {
  if (only && !another) return only
  throw new DomainError('workspace_required', 'name the workspace: the person is in several')
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
