import { type Actor, appendEntry } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import { DomainError } from '../../errors.ts'
import { type FactorId, formatId, type UserId } from '../../ids.ts'
import {
  countFactors,
  deleteFactor,
  deleteFactors,
  lockOwner,
  noteSecondFactor,
} from './factor-store.ts'
import { removeCodes } from './recovery-store.ts'

/** Takes a factor away; with the last one the recovery codes go, which would be the only one left. */
export async function removeFactor(tx: Sql, userId: UserId, id: FactorId): Promise<boolean> {
  const removed = await deleteFactor(
    tx,
    { userId, id },
    {
      action: 'factor.removed',
      actor: { kind: 'user', id: userId },
      subject: { kind: 'user', id: userId },
      detail: { factor: formatId('fac', id) },
    },
  )
  if ((await countFactors(tx, userId)) === 0) await removeCodes(tx, userId)
  await noteSecondFactor(tx, userId)
  return removed
}

/** Takes all of them away, for somebody who has lost them; the password is enough then. */
export async function resetFactors(tx: Sql, userId: UserId, by: Actor): Promise<number> {
  if (!(await lockOwner(tx, userId))) throw new DomainError('user_not_found', 'no such user')
  const count = await deleteFactors(tx, userId)
  await removeCodes(tx, userId)
  await noteSecondFactor(tx, userId)
  await appendEntry(tx, {
    action: 'factors.reset',
    actor: by,
    subject: { kind: 'user', id: userId },
    detail: { count },
  })
  return count
}
