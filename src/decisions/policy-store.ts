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

const SAVE: Statement = {
  name: 'policy_save',
  text: `INSERT INTO policy (level, subject, rules) VALUES ($1, $2, $3)
    ON CONFLICT (level, subject) DO UPDATE
      SET rules = EXCLUDED.rules, updated_at = clock_timestamp()`,
}

export async function savePolicy(db: Sql, { level, subject, rules }: Policy): Promise<void> {
  await db.execute(SAVE, [level, subject, JSON.stringify(rules)])
}

const DELETE: Statement = {
  name: 'policy_delete',
  text: 'DELETE FROM policy WHERE level = $1 AND subject = $2',
}

export async function deletePolicy(
  db: Sql,
  { level, subject }: Pick<Policy, 'level' | 'subject'>,
): Promise<boolean> {
  return (await db.execute(DELETE, [level, subject])) === 1
}
