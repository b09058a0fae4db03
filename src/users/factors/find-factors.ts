import type { Sql } from '../../database/sql.ts'
import type { UserId } from '../../ids.ts'
import type { Factor } from './factor.ts'
import { selectFactors } from './factor-store.ts'
import { type Passkey, selectPasskeys } from './passkey-store.ts'
import { countCodes } from './recovery-store.ts'

/** What a person has besides their password, the oldest first. */
export function factorsOf(db: Sql, userId: UserId): Promise<Factor[]> {
  return selectFactors(db, userId)
}

export function passkeysOf(db: Sql, userId: UserId): Promise<Passkey[]> {
  return selectPasskeys(db, userId)
}

/** How many recovery codes are left. */
export function recoveryCodesLeft(db: Sql, userId: UserId): Promise<number> {
  return countCodes(db, userId)
}
