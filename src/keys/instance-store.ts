import type { Change } from '../audit/append-entry.ts'
import type { Sql } from '../database/sql.ts'
import type { Db } from '../database/transaction.ts'

const INSERT = {
  name: 'instance_insert',
  text: `INSERT INTO instance (id, incarnation, created_at, incarnated_at, cleared_at)
    VALUES (1, $1, now(), now(), now()) ON CONFLICT (id) DO NOTHING`,
}

/** Writes the one row, unless it is there; nothing is older than the first incarnation. */
export async function insertInstance(db: Sql, incarnation: string): Promise<void> {
  await db.execute(INSERT, [incarnation])
}

export async function findIncarnation({ prisma }: Db): Promise<string | null> {
  return (await prisma.instance.findUnique({ where: { id: 1 } }))?.incarnation ?? null
}

const CHANGE = {
  name: 'instance_change',
  text: `UPDATE instance SET incarnation = $1, incarnated_at = clock_timestamp(), cleared_at = NULL
    WHERE id = 1 RETURNING incarnation`,
}

export function changeIncarnation(incarnation: string): Change {
  return { statement: CHANGE, values: [incarnation] }
}

const UNCLEARED = {
  name: 'instance_uncleared',
  text: 'SELECT incarnation FROM instance WHERE cleared_at IS NULL',
}

export async function selectUncleared(db: Sql): Promise<string | null> {
  const [row] = await db.query<{ incarnation: string }>(UNCLEARED)
  return row?.incarnation ?? null
}

const CLEARED = {
  name: 'instance_cleared',
  text: 'UPDATE instance SET cleared_at = clock_timestamp() WHERE incarnation = $1',
}

export async function saveCleared(db: Sql, incarnation: string): Promise<void> {
  await db.execute(CLEARED, [incarnation])
}
