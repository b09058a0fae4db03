/** What members with a role may do in a workspace, and what their sessions may be given for a while. */
export interface Role {
  readonly name: string
  readonly permissions: readonly string[]
  readonly elevations: readonly string[]
}

const MOST_PERMISSIONS = 64

/** Permissions without repetition, sorted; null where one is none by its form or there are too many. */
export function parsePermissions(names: readonly string[]): string[] | null {
  const permissions = [...new Set(names)].sort()
  return permissions.length <= MOST_PERMISSIONS && permissions.every(isPermission)
    ? permissions
    : null
}

/** `invoices:approve`, `reports.read`: compared letter by letter, no part of it stands for others. */
function isPermission(name: string): boolean {
  return name.length <= 128 && /^[a-z0-9]([-_.:/]?[a-z0-9])*$/.test(name)
}
