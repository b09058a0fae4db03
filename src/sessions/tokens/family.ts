import type { FamilyId, GrantId, SessionId } from '../../ids.ts'

/** The refresh tokens born of one redemption: one row, a counter of generations. */
export interface Family {
  readonly id: FamilyId
  readonly sessionId: SessionId
  readonly grantId: GrantId
  readonly grantEpoch: number
  /** The newest generation that was given out. */
  readonly generation: number
  readonly rotatedAt: Date
  /** Keyed hash of the device and user agent that rotated last. */
  readonly rotatedBy: Buffer | null
  /** Sender-constrained, or of a client that authenticates. */
  readonly bound: boolean
}

export interface Presented {
  readonly generation: number
  /** Keyed hash of the device and user agent that presents. */
  readonly by: Buffer
}

/** What a correctly signed token of a family means when it is presented. */
export type Verdict =
  /** The newest: the family advances. */
  | 'current'
  /** Its predecessor, in time: the same successor is given again, and nothing is written. */
  | 'grace'
  /** Its predecessor, in time, from another device: refused, and told to the operator. */
  | 'grace_elsewhere'
  /** It was replaced and has come back: stolen, or copied. */
  | 'reuse'
  /** Newer than the row knows: the database has gone back in time. */
  | 'ahead'

/**
 * Judges a token against its family's row.
 *
 * The predecessor of a bound family stays good until its successor is presented, so that an answer
 * lost on the way logs nobody out; a thief would need the client's own key besides. Without such a
 * key only the grace window stands between a retry and a thief.
 */
export function judge(
  family: Family,
  presented: Presented,
  at: { readonly now: Date; readonly graceSeconds: number },
): Verdict {
  const age = family.generation - presented.generation
  if (age < 0) return 'ahead'
  if (age === 0) return 'current'
  if (age > 1) return 'reuse'
  if (family.bound) return 'grace'
  const elapsed = at.now.getTime() - family.rotatedAt.getTime()
  if (elapsed > at.graceSeconds * 1000) return 'reuse'
  if (family.rotatedBy && !family.rotatedBy.equals(presented.by)) return 'grace_elsewhere'
  return 'grace'
}
