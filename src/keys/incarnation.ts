import { randomUUID } from 'node:crypto'
import type { Db } from '../database/transaction.ts'
import { findIncarnation, insertInstance } from './instance-store.ts'

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
