import type { Workspace } from './workspace.ts'

/** A user in a workspace, with roles. */
export interface Membership {
  readonly workspace: Workspace
  readonly roles: readonly string[]
}

const MOST_ROLES = 32

/** Roles without repetition, sorted; null where one is no role name or there are too many. */
export function parseRoles(names: readonly string[]): string[] | null {
  const roles = [...new Set(names)].sort()
  return roles.length <= MOST_ROLES && roles.every(isRole) ? roles : null
}

export function isRole(name: string): boolean {
  return name.length <= 64 && /^[a-z0-9]([-_:.]?[a-z0-9])*$/.test(name)
}
