import { changeAndTell, type NewEntry } from '../../audit/append-entry.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import type { FactorId, LoginId, UserId } from '../../ids.ts'
import type { Factor, FactorKind } from './factor.ts'

interface Row {
  readonly id: FactorId
  readonly kind: FactorKind
  readonly name: string
  readonly created_at: Date
  readonly last_used_at: Date | null
  readonly backed_up: boolean | null
}

const OF_USER: Statement = {
  name: 'factors_of_user',
  text: `SELECT id, kind, name, created_at, last_used_at, backed_up FROM factor
    WHERE user_id = $1 ORDER BY created_at, id`,
}

export async function selectFactors(db: Sql, userId: UserId): Promise<Factor[]> {
  const rows = await db.query<Row>(OF_USER, [userId])
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    backedUp: row.backed_up ?? false,
  }))
}

const LOCK_OWNER: Statement = {
  name: 'factor_lock_owner',
  text: 'SELECT 1 FROM "user" WHERE id = $1 FOR NO KEY UPDATE',
}

/** Holds a person against logins that begin and factors that change meanwhile. */
export async function lockOwner(tx: Sql, userId: UserId): Promise<boolean> {
  return (await tx.query(LOCK_OWNER, [userId])).length === 1
}

const ADDED_ELSEWHERE: Statement = {
  name: 'factors_added_elsewhere',
  text: 'SELECT 1 FROM factor WHERE user_id = $1 AND added_in <> $2 LIMIT 1',
}

export async function wereAddedElsewhere(
  tx: Sql,
  userId: UserId,
  loginId: LoginId,
): Promise<boolean> {
  return (await tx.query(ADDED_ELSEWHERE, [userId, loginId])).length === 1
}

const COUNT: Statement = {
  name: 'factors_count',
  text: 'SELECT count(*)::int AS count FROM factor WHERE user_id = $1',
}

export async function countFactors(tx: Sql, userId: UserId): Promise<number> {
  const [row] = await tx.query<{ count: number }>(COUNT, [userId])
  return row?.count ?? 0
}

const DELETE: Statement = {
  name: 'factor_delete',
  text: 'DELETE FROM factor WHERE user_id = $1 AND id = $2 RETURNING kind',
}

/** False when the person has no such factor. */
export async function deleteFactor(
  tx: Sql,
  { userId, id }: { readonly userId: UserId; readonly id: FactorId },
  entry: NewEntry,
): Promise<boolean> {
  const change = { statement: DELETE, values: [userId, id] }
  return (await changeAndTell(tx, change, entry)) !== null
}

const DELETE_ALL: Statement = {
  name: 'factors_delete_all',
  text: 'DELETE FROM factor WHERE user_id = $1',
}

export function deleteFactors(tx: Sql, userId: UserId): Promise<number> {
  return tx.execute(DELETE_ALL, [userId])
}

const NOTE: Statement = {
  name: 'user_note_second_factor',
  text: `UPDATE "user" u SET second_factor = has.some
    FROM (SELECT EXISTS (SELECT FROM factor WHERE user_id = $1) AS some) has WHERE u.id = $1`,
}

/** Writes down whether the person has a factor now; the person is held by then. */
export async function noteSecondFactor(tx: Sql, userId: UserId): Promise<void> {
  await tx.execute(NOTE, [userId])
}
