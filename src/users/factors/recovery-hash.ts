import type { UserId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'

/** What stands in the database for a code; after a restore it is good still. */
export function hashRecoveryCode(
  { durableHash }: Pick<ServerKeys, 'durableHash'>,
  userId: UserId,
  code: string,
): Buffer {
  return durableHash('recovery-code', `${userId} ${code}`)
}
