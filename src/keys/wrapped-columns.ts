/**
 * The columns that hold keys wrapped by the root key, and whose each key is: the owner is part of
 * what is authenticated, so a key moved to another workspace, user or purpose does not open.
 */
export const WRAPPED_COLUMNS = {
  server_key: { column: 'wrapped', owner: `purpose || ':' || version` },
  epoch_key: { column: 'wrapped', owner: 'workspace_id::text' },
  login: { column: 'secret_wrapped', owner: 'user_id::text' },
  audit_key: { column: 'wrapped', owner: `coalesce(workspace_id::text, '') || ':' || month` },
} as const

export type WrappedTable = keyof typeof WRAPPED_COLUMNS

export const WRAPPED_TABLES = Object.keys(WRAPPED_COLUMNS) as readonly WrappedTable[]

/** The place of a wrapped key, for the root key to authenticate. */
export function wrappedAt(table: WrappedTable, id: string, owner: string): readonly string[] {
  return [table, WRAPPED_COLUMNS[table].column, id, owner]
}
