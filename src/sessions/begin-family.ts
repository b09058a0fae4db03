import type { Sql } from '../database/sql.ts'
import { DomainError } from '../errors.ts'
import type { FamilyId, GrantId } from '../ids.ts'
import { insertFamily } from './family-store.ts'
import type { FamilyMaker } from './present-refresh-token.ts'
import type { CheckedSession } from './session.ts'

export interface Birth {
  readonly id: FamilyId
  readonly session: CheckedSession
  readonly grantId: GrantId
  readonly epoch: number
  /** Sender-constrained, or of a client that authenticates. */
  readonly bound: boolean
  readonly by: Buffer
  readonly payload: object
}

/** Writes the one row of a family, unless its session or grant has ended meanwhile. */
export async function beginFamily(db: Sql, maker: FamilyMaker, birth: Birth): Promise<void> {
  const born = await insertFamily(db, {
    id: birth.id,
    sessionId: birth.session.id,
    grantId: birth.grantId,
    epoch: birth.epoch,
    bound: birth.bound,
    by: birth.by,
    payloadSealed: maker.sealPayload(birth.id, birth.payload),
  })
  if (!born) throw new DomainError('session_ended', 'the session has ended')
}
