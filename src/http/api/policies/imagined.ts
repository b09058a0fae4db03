import { findClient } from '../../../clients/find-client.ts'
import type { Sql } from '../../../database/sql.ts'
import type { PolicySubject } from '../../../decisions/policy.ts'
import { DomainError } from '../../../errors.ts'
import type { WorkspaceId } from '../../../ids.ts'
import { mustFindPerson } from '../../../sessions/manager/find-person.ts'
import { type Reach, workspacesOfReach } from '../../../sessions/manager/reach.ts'
import { findWorkspace } from '../../../workspaces/find-workspace.ts'

/** A session that might be, as somebody describes it. */
export interface Imagined {
  readonly workspace?: string | undefined
  readonly user?: string | undefined
  readonly client?: string | undefined
  readonly acr?: string | undefined
}

/** Whom policies are looked up for then; what may not be seen is not found. Without a reach, the server asks. */
export async function imagined(
  db: Sql,
  { workspace: reference, user, client: name, acr }: Imagined,
  reach?: Reach,
): Promise<PolicySubject> {
  if (reference === undefined)
    throw new DomainError('workspace_required', 'name a session or a workspace')
  const workspace = await findWorkspace(db, reference)
  if (!workspace || (reach && !workspacesOfReach(reach).includes(workspace.id)))
    throw new DomainError('workspace_not_found', 'no such workspace')
  const within = narrowed(reach, workspace.id)
  const person = user === undefined ? null : await mustFindPerson(db, user, within)
  const client = name === undefined ? null : await findClient(db, name)
  return {
    workspaceId: workspace.id,
    clientId: client?.id ?? null,
    roles: person?.places[0]?.roles ?? [],
    acr: acr ?? null,
  }
}

/** A service asks about the members of that one workspace, a person only about themselves. */
function narrowed(reach: Reach | undefined, workspaceId: WorkspaceId): Reach {
  if (reach?.of === 'user') return reach
  return { of: 'workspaces', workspaceIds: new Set([workspaceId]) }
}
