import type { GrantId } from '../ids.ts'
import type { Elevated } from '../sessions/elevation-column.ts'
import type { CheckedSession } from '../sessions/session.ts'
import type { FamilyCheck } from '../sessions/tokens/family-check.ts'
import type { GrantedScopes } from '../sessions/tokens/grant.ts'
import type { User } from '../users/user.ts'

/** A grant in a session that was just read and stands. */
export interface CheckedGrant {
  readonly session: CheckedSession
  readonly grantId: GrantId
  readonly epoch: number
  readonly scopes: GrantedScopes
  readonly clientName: string
  readonly createdAt: Date
  readonly user: User | null
  readonly elevated: Elevated | null
}

/** The same of a family that was read. */
export function checkedGrantOf(check: FamilyCheck): CheckedGrant {
  const { session, grant, client, user, elevated } = check
  return {
    session,
    grantId: grant.id,
    epoch: grant.epoch,
    scopes: grant.scopes,
    clientName: client.clientId,
    createdAt: grant.createdAt,
    user,
    elevated,
  }
}
