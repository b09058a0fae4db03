import type { Sql } from '../../database/sql.ts'
import type { LoginId, UserId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { noteSecondFactor, wereAddedElsewhere } from './factor-store.ts'
import { makeRecoveryCodes } from './make-recovery-codes.ts'
import { countCodes } from './recovery-store.ts'

/** Writes down that there is a factor, and makes the recovery codes that must be there with one. */
export async function noteAdded(
  serverKeys: Pick<ServerKeys, 'durableHash'>,
  tx: Sql,
  userId: UserId,
): Promise<readonly string[] | null> {
  await noteSecondFactor(tx, userId)
  return (await countCodes(tx, userId)) === 0 ? makeRecoveryCodes(serverKeys, tx, userId) : null
}

/** Whether the person has a factor that another login of theirs added. */
export function addedElsewhere(
  tx: Sql,
  login: { readonly id: LoginId; readonly userId: UserId },
): Promise<boolean> {
  return wereAddedElsewhere(tx, login.userId, login.id)
}
