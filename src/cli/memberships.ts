import type { Db } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { UserId } from '../ids.ts'
import { addMember } from '../workspaces/add-member.ts'
import { findWorkspace } from '../workspaces/find-workspace.ts'
import type { Workspace } from '../workspaces/workspace.ts'
import { UsageError } from './refusal.ts'
import { OPERATOR } from './with-core.ts'

/** A workspace by name or identifier, and the roles to have there. */
export interface Place {
  readonly workspace: string
  readonly roles: readonly string[]
}

/** `atelier:editor,viewer`. */
export function parsePlace(text: string): Place {
  const [workspace = '', roles = '', ...rest] = text.split(':')
  if (workspace === '' || rest.length > 0)
    throw new UsageError('a membership is written workspace:role,role')
  return { workspace, roles: roles === '' ? [] : roles.split(',') }
}

export async function joinWorkspaces(
  db: Db,
  userId: UserId,
  places: readonly Place[],
): Promise<void> {
  for (const { workspace, roles } of places) {
    const { id: workspaceId } = await mustFindWorkspace(db, workspace)
    await addMember(db, { workspaceId, userId, roles, by: OPERATOR })
  }
}

export async function mustFindWorkspace(db: Db, idOrSlug: string): Promise<Workspace> {
  const workspace = await findWorkspace(db, idOrSlug)
  if (!workspace) throw new DomainError('workspace_not_found', `no workspace ${idOrSlug}`)
  return workspace
}
