import type { Sql, Statement } from '../database/sql.ts'
import type { Policy } from './policy.ts'

// From the general to the particular: of two equal rules the first is told.
const ALL: Statement = {
  name: 'policies',
  text: `SELECT level, subject, rules FROM policy
    ORDER BY array_position(ARRAY['server', 'workspace', 'client', 'role', 'acr'], level), subject`,
}

export function selectPolicies(db: Sql): Promise<readonly Policy[]> {
  return db.query<Policy>(ALL)
}
