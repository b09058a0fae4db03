import { changeAndTell, type NewEntry } from '../../audit/append-entry.ts'
import type { Sql, Statement } from '../../database/sql.ts'
import type { FactorId, LoginId, UserId } from '../../ids.ts'

export interface NewTotp {
  readonly id: FactorId
  readonly userId: UserId
  readonly addedIn: LoginId
  readonly name: string
  readonly secretSealed: Buffer
  /** Of the code that proved that the app has the secret; it is spent. */
  readonly lastStep: number
}

const INSERT: Statement = {
  name: 'totp_insert',
  text: `INSERT INTO factor (id, user_id, kind, name, added_in, created_at, secret_sealed, last_step)
    VALUES ($1, $2, 'totp', $3, $4, clock_timestamp(), $5, $6) RETURNING id`,
}

export async function insertTotp(tx: Sql, totp: NewTotp, entry: NewEntry): Promise<void> {
  const { id, userId, name, addedIn, secretSealed, lastStep } = totp
  const values = [id, userId, name, addedIn, secretSealed, lastStep]
  await changeAndTell(tx, { statement: INSERT, values }, entry)
}

export interface StoredTotp {
  readonly id: FactorId
  readonly secret_sealed: Buffer
  /** The database's time of this reading. */
  readonly now: Date
}

const OF_USER: Statement = {
  name: 'totp_of_user',
  text: `SELECT id, secret_sealed, statement_timestamp() AS now FROM factor
    WHERE user_id = $1 AND kind = 'totp'`,
}

export function selectTotps(db: Sql, userId: UserId): Promise<readonly StoredTotp[]> {
  return db.query<StoredTotp>(OF_USER, [userId])
}

// Of all who show one code at once, one moves the step; whoever comes later finds it moved.
const TAKE_STEP: Statement = {
  name: 'totp_take_step',
  text: `UPDATE factor SET last_step = $2, secret_sealed = $3, last_used_at = clock_timestamp()
    WHERE id = $1 AND kind = 'totp' AND last_step < $2 RETURNING id`,
}

export interface TakenStep {
  readonly id: FactorId
  readonly step: number
  /** The secret as the server's present key seals it: no old key is kept for who comes by. */
  readonly secretSealed: Buffer
}

/** False when a code of this step, or of a later one, was taken before. */
export async function takeStep(
  db: Sql,
  { id, step, secretSealed }: TakenStep,
  entry: NewEntry,
): Promise<boolean> {
  const change = { statement: TAKE_STEP, values: [id, step, secretSealed] }
  return (await changeAndTell(db, change, entry)) !== null
}

const NOW: Statement = { name: 'totp_now', text: 'SELECT clock_timestamp() AS now' }

export async function databaseTime(db: Sql): Promise<Date> {
  const [row] = await db.query<{ now: Date }>(NOW)
  if (!row) throw new Error('the database told no time')
  return row.now
}
