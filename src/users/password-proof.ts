import type { Sql } from '../database/sql.ts'
import type { UserId } from '../ids.ts'
import { lockPassword } from './password-proof-store.ts'

/**
 * Whether the password that was verified is still the user's; held so until the transaction is over.
 *
 * Verifying takes its time, and a login begun with a stolen password must not survive its change:
 * a change that commits first is seen here, one that comes later finds the login and ends it.
 */
export function passwordStands(tx: Sql, id: UserId, version: number): Promise<boolean> {
  return lockPassword(tx, id, version)
}
