import { randomUUID } from 'node:crypto'
import { type Actor, changeAndTell } from '../audit/append-entry.ts'
import type { Sql } from '../database/sql.ts'
import type { Db } from '../database/transaction.ts'
import {
  changeIncarnation,
  findIncarnation,
  insertInstance,
  saveCleared,
  selectUncleared,
} from './instance-store.ts'

/** The name of this life of the database, made at its first start; part of every derivation. */
export async function loadIncarnation(db: Db): Promise<string> {
  const known = await findIncarnation(db)
  if (known) return known

  // Of two first starts one writes; both read what was written.
  await insertInstance(db, randomUUID())
  const written = await findIncarnation(db)
  if (!written) throw new Error('the database did not keep its incarnation')
  return written
}

/** Gives the database another life: no token, cookie or code of the one before opens in it. */
export async function renewIncarnation(db: Sql, by: Actor): Promise<string> {
  const incarnation = randomUUID()
  await changeAndTell(db, changeIncarnation(incarnation), {
    action: 'incarnation.renewed',
    actor: by,
    subject: { kind: 'key', id: incarnation },
  })
  return incarnation
}

/** The present incarnation, if sessions and logins of an earlier one may still stand as live. */
export function unclearedIncarnation(db: Sql): Promise<string | null> {
  return selectUncleared(db)
}

/** All that was made before this incarnation has been ended. */
export function noteCleared(db: Sql, incarnation: string): Promise<void> {
  return saveCleared(db, incarnation)
}
