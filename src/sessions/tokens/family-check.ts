import type { Client } from '../../clients/client.ts'
import type { Resource } from '../../clients/resource.ts'
import { coalesce } from '../../database/coalesce.ts'
import type { Sql } from '../../database/sql.ts'
import type { FamilyId } from '../../ids.ts'
import type { User } from '../../users/user.ts'
import type { Elevated } from '../elevation-column.ts'
import type { CheckedSession } from '../session.ts'
import type { Family } from './family.ts'
import { checkFamilies } from './family-store.ts'
import type { Grant } from './grant.ts'

/** All that a refresh must know, from one statement. */
export interface FamilyCheck {
  readonly family: Family
  readonly payloadSealed: Buffer
  readonly createdAt: Date
  readonly session: CheckedSession
  readonly grant: Grant
  /** Whether the grant stands, in the epoch that the family was born in. */
  readonly grantStands: boolean
  /** Whose the grant is. */
  readonly client: Pick<Client, 'id' | 'clientId' | 'metadata' | 'secretHash'>
  readonly clientStands: boolean
  readonly user: User | null
  /** Those that the grant is about. */
  readonly resources: readonly Resource[]
  readonly elevated: Elevated | null
  readonly now: Date
}

export type ReadFamily = (id: FamilyId) => Promise<FamilyCheck | undefined>

/** Reads families for the refreshes that are asked for at about the same time, in one statement. */
export function familyReader(db: Sql): ReadFamily {
  return coalesce((ids: readonly FamilyId[]) => checkFamilies(db, ids), {
    keyOf: (id) => id,
    maxBatch: 100,
    maxInFlight: 4,
  })
}
