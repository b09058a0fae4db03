import { appendEntry } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import type { UserId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import { makeRecoveryCode, parseRecoveryCode, RECOVERY_CODES } from './recovery-code.ts'
import { hashRecoveryCode } from './recovery-hash.ts'
import { insertCodes, removeCodes } from './recovery-store.ts'

/** Makes a fresh set in place of all there were; this is the only time that they can be read. */
export async function makeRecoveryCodes(
  serverKeys: Pick<ServerKeys, 'durableHash'>,
  tx: Sql,
  userId: UserId,
): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, makeRecoveryCode)
  const hashes = codes.map((code) => hashRecoveryCode(serverKeys, userId, parsed(code)))
  await removeCodes(tx, userId)
  await insertCodes(tx, userId, hashes)
  await appendEntry(tx, {
    action: 'recovery_codes.made',
    actor: { kind: 'user', id: userId },
    subject: { kind: 'user', id: userId },
    detail: { count: codes.length },
  })
  return codes
}

function parsed(code: string): string {
  const letters = parseRecoveryCode(code)
  if (letters === null) throw new Error('a code that was made cannot be read')
  return letters
}
