import { coalesce } from '../../database/coalesce.ts'
import type { Sql } from '../../database/sql.ts'
import type { SessionId } from '../../ids.ts'
import type { CheckedSession } from '../session.ts'
import { checkSessionTokens } from './token-check-store.ts'

/** All that a check of a session token must know, from one statement; also of an ended session. */
export interface TokenCheck {
  readonly session: CheckedSession
  /** Of the newest token: the number of renewals. */
  readonly generation: number
  /** When the newest token was made, and when it expires; null where none was ever made. */
  readonly issuedAt: Date
  readonly expiresAt: Date | null
  readonly endedAt: Date | null
  readonly endCause: string | null
  /** What the person's roles allow in the workspace. */
  readonly permissions: readonly string[]
  /** What they let it be given for a while. */
  readonly elevations: readonly string[]
  /** What the session is given beyond that for a while, and until when the last of it. */
  readonly elevated: readonly string[]
  readonly elevatedUntil: Date | null
  /** Until then time alone changes nothing of it: the next idle or absolute end, or that of an elevation. */
  readonly steadyUntil: Date
  readonly contextSealed: Buffer | null
  readonly deviceHash: Buffer | null
  /** The secret is wrapped by an epoch that has a successor: the next renewal wraps it anew. */
  readonly epochRetired: boolean
}

export type ReadTokenCheck = (id: SessionId) => Promise<TokenCheck | undefined>

/** Reads sessions for the checks that are asked for at about the same time, in one statement. */
export function tokenCheckReader(db: Sql): ReadTokenCheck {
  return coalesce((ids: readonly SessionId[]) => checkSessionTokens(db, ids), {
    keyOf: (id) => id,
    maxBatch: 200,
    maxInFlight: 4,
  })
}
