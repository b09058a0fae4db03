import type { Sql } from '../database/sql.ts'
import type { UserId } from '../ids.ts'
import type { Consent } from './consent.ts'
import { type ConsentKey, selectConsent, selectConsents } from './consent-store.ts'

/** The standing yes of one person to one client in one workspace. */
export function findConsent(db: Sql, key: ConsentKey): Promise<Consent | null> {
  return selectConsent(db, key)
}

/** All that stand, the latest first. */
export function consentsOf(db: Sql, userId: UserId): Promise<Consent[]> {
  return selectConsents(db, userId)
}
