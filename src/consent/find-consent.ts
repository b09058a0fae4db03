import type { Sql } from '../database/sql.ts'
import type { UserId } from '../ids.ts'
import type { Consent } from './consent.ts'
import {
  type ConsentKey,
  type DescribedConsent,
  selectConsent,
  selectConsents,
  selectDescribed,
} from './consent-store.ts'

export type { DescribedConsent } from './consent-store.ts'

/** The standing yes of one person to one client in one workspace. */
export function findConsent(db: Sql, key: ConsentKey): Promise<Consent | null> {
  return selectConsent(db, key)
}

/** All that stand, the latest first. */
export function consentsOf(db: Sql, userId: UserId): Promise<Consent[]> {
  return selectConsents(db, userId)
}

const MOST = 500

/** The same with the names of workspace, client and resources, in one statement. */
export function describedConsentsOf(db: Sql, userId: UserId): Promise<DescribedConsent[]> {
  return selectDescribed(db, userId, MOST)
}
