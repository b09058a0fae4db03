import { type Actor, appendEntry } from '../audit/append-entry.ts'
import type { Sql } from '../database/sql.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { WorkspaceId } from '../ids.ts'
import { isRole } from './membership.ts'
import { parsePermissions, type Role } from './role.ts'
import { saveRole, selectRoles } from './role-store.ts'

export interface RoleSetting {
  readonly workspaceId: WorkspaceId
  readonly role: Role
  readonly by: Actor
}

/** Says what a role allows; every check of a session reads it, so it holds from the commit on. */
export async function setRole(db: Db, { workspaceId, role, by }: RoleSetting): Promise<Role> {
  const acceptable = acceptableRole(role)
  await transaction(db, async (tx) => {
    if (!(await saveRole(tx, workspaceId, acceptable)))
      throw new DomainError('workspace_not_found', 'no such workspace')
    await appendEntry(tx, {
      action: 'role.set',
      actor: by,
      subject: { kind: 'role', id: role.name },
      workspaceId,
      detail: { permissions: acceptable.permissions, elevations: acceptable.elevations },
    })
  })
  return acceptable
}

/** Of one workspace, by name. */
export function rolesOf(db: Sql, workspaceId: WorkspaceId): Promise<readonly Role[]> {
  return selectRoles(db, workspaceId)
}

function acceptableRole({ name, ...role }: Role): Role {
  const permissions = parsePermissions(role.permissions)
  const elevations = parsePermissions(role.elevations)
  if (!isRole(name) || !permissions || !elevations)
    throw new DomainError('invalid_request', 'names of a-z, 0-9 and - _ . : / between, at most 64')
  return { name, permissions, elevations }
}
