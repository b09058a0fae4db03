import { changeAndTell, type NewEntry } from '../../audit/append-entry.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import type { SessionId } from '../../ids.ts'

// By the bytes that were read: of two who change it at once, the second has read too early.
const SAVE: Statement = {
  name: 'session_context_save',
  text: `UPDATE session SET context_sealed = $3, address_hash = $4, device_hash = $5,
      device_class = $6
    WHERE id = $1 AND ended_at IS NULL AND context_sealed IS NOT DISTINCT FROM $2
    RETURNING id`,
}

export interface ContextChange {
  readonly id: SessionId
  readonly before: Buffer | null
  readonly sealed: Buffer
  readonly addressHash: Buffer | null
  readonly deviceHash: Buffer | null
  readonly deviceClass: string | null
}

/** Whether this call changed it; it did not where the session ended or somebody else was first. */
export async function savedContext(
  db: Sql,
  change: ContextChange,
  entry: NewEntry,
): Promise<boolean> {
  const { id, before, sealed, addressHash, deviceHash, deviceClass } = change
  const values = [id, before, sealed, addressHash, deviceHash, deviceClass]
  return (await changeAndTell(db, { statement: SAVE, values }, entry)) !== null
}
