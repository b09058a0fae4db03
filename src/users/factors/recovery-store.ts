import { changeAndTell, type NewEntry } from '../../audit/append-entry.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import type { UserId } from '../../ids.ts'

const REMOVE: Statement = {
  name: 'recovery_codes_remove',
  text: 'DELETE FROM recovery_code WHERE user_id = $1',
}

export async function removeCodes(tx: Sql, userId: UserId): Promise<void> {
  await tx.execute(REMOVE, [userId])
}

const INSERT: Statement = {
  name: 'recovery_codes_insert',
  text: `INSERT INTO recovery_code (user_id, hash, created_at)
    SELECT $1, hash, clock_timestamp() FROM unnest($2::bytea[]) AS hash`,
}

export async function insertCodes(
  tx: Sql,
  userId: UserId,
  hashes: readonly Buffer[],
): Promise<void> {
  await tx.execute(INSERT, [userId, hashes])
}

// Of all who show one code at once, one marks it.
const USE: Statement = {
  name: 'recovery_code_use',
  text: `UPDATE recovery_code SET used_at = clock_timestamp()
    WHERE user_id = $1 AND hash = $2 AND used_at IS NULL RETURNING user_id`,
}

export async function useCode(
  db: Sql,
  { userId, hash }: { readonly userId: UserId; readonly hash: Buffer },
  entry: NewEntry,
): Promise<boolean> {
  return (await changeAndTell(db, { statement: USE, values: [userId, hash] }, entry)) !== null
}

const LEFT: Statement = {
  name: 'recovery_codes_left',
  text: 'SELECT count(*)::int AS count FROM recovery_code WHERE user_id = $1 AND used_at IS NULL',
}

export async function countCodes(db: Sql, userId: UserId): Promise<number> {
  const [row] = await db.query<{ count: number }>(LEFT, [userId])
  return row?.count ?? 0
}
