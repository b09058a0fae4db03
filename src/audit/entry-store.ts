import type { Sql, Statement } from '../database/sql.ts'
import type { EntryId } from '../ids.ts'
import type { NewEntry } from './append-entry.ts'

const COLUMNS = `id, action, actor_kind, actor_id, subject_kind, subject_id, workspace_id, detail,
  audit_key_id, context_sealed`

const INSERT: Statement = {
  name: 'entry_insert',
  text: `INSERT INTO "entry" (${COLUMNS}, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp())`,
}

export async function insertEntry(db: Sql, id: EntryId, entry: NewEntry): Promise<void> {
  await db.execute(INSERT, valuesOf(id, entry))
}

// The identifier is made of what is told and the minute: of all that come at once, one stays.
const INSERT_ONCE: Statement = {
  name: 'entry_insert_once_a_minute',
  text: `INSERT INTO "entry" (${COLUMNS}, at)
    SELECT md5(concat_ws(' ', $1::text, $5::text, floor(extract(epoch FROM told.at) / 60)))::uuid,
      $1, $2, $3, $4, $5, $6, $7, $8, $9, told.at
    FROM (SELECT clock_timestamp() AS at) told
    ON CONFLICT (id) DO NOTHING`,
}

export async function insertOnceAMinute(db: Sql, entry: NewEntry): Promise<void> {
  const [, ...values] = valuesOf(null, entry)
  await db.execute(INSERT_ONCE, values)
}

/** A statement that returns the one row it writes, and its values. */
export interface Change {
  readonly statement: Statement
  readonly values: readonly unknown[]
  /** What comes before the statement within the same one, as common table expressions. */
  readonly steps?: string
}

/** Runs a change and, if it has written its row, inserts the entry with it. */
export async function changeWithEntry<Row extends object>(
  db: Sql,
  change: Change,
  { id, entry }: { readonly id: EntryId; readonly entry: NewEntry },
): Promise<Row | null> {
  const both = [...change.values, ...valuesOf(id, entry)]
  const [row] = await db.query<Row>(toldBy(change), both)
  return row ?? null
}

const told = new Map<string, Statement>()

/**
 * The entry depends on the row that the change returns: where nothing was written, nothing is told.
 * The name stays, so such a statement is never run without its entry.
 */
function toldBy({ statement: { name, text }, values, steps }: Change): Statement {
  const known = told.get(name)
  if (known) return known
  const places = Array.from({ length: 10 }, (_, at) => `$${values.length + at + 1}`)
  const statement = {
    name,
    text: `WITH ${steps ? `${steps}, ` : ''}done AS (${text}),
      told AS (INSERT INTO "entry" (${COLUMNS}, at) SELECT ${places}, clock_timestamp() FROM done)
      SELECT * FROM done`,
  }
  told.set(name, statement)
  return statement
}

function valuesOf(id: EntryId | null, entry: NewEntry): unknown[] {
  return [
    id,
    entry.action,
    entry.actor.kind,
    entry.actor.id ?? null,
    entry.subject.kind,
    entry.subject.id,
    entry.workspaceId ?? null,
    JSON.stringify(entry.detail ?? {}),
    entry.context?.keyId ?? null,
    entry.context?.bytes ?? null,
  ]
}
