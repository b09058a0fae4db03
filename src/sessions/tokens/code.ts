import type { Client } from '../../clients/client.ts'
import type { FamilyId, GrantId } from '../../ids.ts'
import type { User } from '../../users/user.ts'
import type { Elevated } from '../elevation-column.ts'
import type { CheckedSession } from '../session.ts'
import type { GrantedScopes } from './grant.ts'

/** All that a redemption must know, from one statement. */
export interface CodeCheck {
  readonly payloadSealed: Buffer
  readonly consumedAt: Date | null
  readonly familyId: FamilyId | null
  readonly session: CheckedSession
  readonly grantId: GrantId
  readonly epoch: number
  readonly scopes: GrantedScopes
  readonly grantCreatedAt: Date
  readonly grantStands: boolean
  readonly clientName: string
  /** Whose the grant is. */
  readonly client: Pick<Client, 'id' | 'clientId' | 'metadata' | 'secretHash'>
  readonly user: User | null
  readonly elevated: Elevated | null
  readonly now: Date
}
