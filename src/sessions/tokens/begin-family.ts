import type { Sql } from '../../database/sql.ts'
import { DomainError } from '../../errors.ts'
import type { FamilyId, GrantId } from '../../ids.ts'
import type { CheckedSession } from '../session.ts'
import { insertFamily, type NewFamily } from './family-store.ts'
import type { FamilyMaker } from './present-refresh-token.ts'

export type { NewFamily } from './family-store.ts'

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

/** The one row of a family. */
export function newFamily(
  maker: FamilyMaker,
  { id, session, payload, ...birth }: Birth,
): NewFamily {
  return { ...birth, id, sessionId: session.id, payloadSealed: maker.sealPayload(id, payload) }
}

/** Writes it, unless its session or grant has ended meanwhile. */
export async function beginFamily(db: Sql, maker: FamilyMaker, birth: Birth): Promise<void> {
  if (!(await insertFamily(db, newFamily(maker, birth))))
    throw new DomainError('session_ended', 'the session has ended')
}
