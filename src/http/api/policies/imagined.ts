import { findClient } from '../../../clients/find-client.ts'
import type { Sql } from '../../../database/sql.ts'
import type { PolicySubject } from '../../../decisions/policy.ts'
import { DomainError } from '../../../errors.ts'
import type { WorkspaceId } from '../../../ids.ts'
import { personOf } from '../../../sessions/manager/place-session.ts'
import { membershipOf } from '../../../workspaces/find-membership.ts'
import { findWorkspace } from '../../../workspaces/find-workspace.ts'

/** A session that might be, as somebody describes it. */
export interface Imagined {
  readonly workspace?: string | undefined
  readonly user?: string | undefined
  readonly client?: string | undefined
  readonly acr?: string | undefined
}

/** Whom policies are looked up for then; a workspace that may not be seen is not found. */
export async function imagined(
  db: Sql,
  { workspace: reference, user, client: name, acr }: Imagined,
  maySee: (id: WorkspaceId) => boolean,
): Promise<PolicySubject> {
  if (reference === undefined)
    throw new DomainError('workspace_required', 'name a session or a workspace')
  const workspace = await findWorkspace(db, reference)
  if (!workspace || !maySee(workspace.id))
    throw new DomainError('workspace_not_found', 'no such workspace')
  const client = name === undefined ? null : await findClient(db, name)
  return {
    workspaceId: workspace.id,
    clientId: client?.id ?? null,
    roles: user === undefined ? [] : await rolesOf(db, workspace.id, user),
    acr: acr ?? null,
  }
}

async function rolesOf(
  db: Sql,
  workspaceId: WorkspaceId,
  reference: string,
): Promise<readonly string[]> {
  const user = await personOf(db, reference)
  const membership = user && (await membershipOf(db, user.id, workspaceId))
  if (!membership) throw new DomainError('user_not_found', 'no such user in that workspace')
  return membership.roles
}
