import type { Sql } from '../database/sql.ts'
import type { EntryId } from '../ids.ts'
import type { NewEntry } from './append-entry.ts'

const INSERT = {
  name: 'entry_insert',
  text: `
    INSERT INTO "entry" (id, action, actor_kind, actor_id, subject_kind, subject_id, workspace_id,
      detail, audit_key_id, context_sealed, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp())`,
}

export async function insertEntry(db: Sql, id: EntryId, entry: NewEntry): Promise<void> {
  await db.execute(INSERT, [
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
  ])
}
