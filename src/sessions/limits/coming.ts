import { type AppliedLimit, countsLogins, type Dimension } from '../../decisions/concurrency.ts'
import type { Candidate, Newcomer } from '../../decisions/make-room.ts'
import type { EffectivePolicy } from '../../decisions/policy.ts'
import type { ClientId, SessionId, UserId, WorkspaceId } from '../../ids.ts'

/** Who is about to be counted, and by what. */
export interface Comer extends Newcomer {
  /** Null for a service's own session. */
  readonly userId: UserId | null
  /** Null for a login. */
  readonly workspaceId: WorkspaceId | null
  readonly clientId: ClientId | null
  /** The session that is there already, where a client comes to it. */
  readonly sessionId?: SessionId
}

/** One that is counted; whose it is, and where, so that only those see it who may. */
export interface CountedCandidate extends Candidate {
  readonly userId: UserId | null
  readonly workspaceId: WorkspaceId | null
}

/** A newcomer, and the limits that it must fit in; without any there is nothing to ask. */
export interface Coming {
  readonly comer: Comer
  readonly limits: readonly AppliedLimit[]
}

/** What a comer adds to: what is counted as logins, as sessions, or both. */
export type Adds = 'login' | 'session' | 'session of a login' | 'client of a session'

/** The limits that a comer has to fit in: those that count what it adds to. */
export function comingOf(
  { concurrent }: Pick<EffectivePolicy, 'concurrent'>,
  comer: Comer,
  adds: Adds,
): Coming {
  const limits = concurrent.filter((limit) => concerns(limit, adds) && isPlaced(limit, comer))
  return { comer, limits }
}

function concerns(limit: AppliedLimit, adds: Adds): boolean {
  switch (adds) {
    case 'login':
      return countsLogins(limit)
    case 'session':
      return true
    case 'session of a login':
      return !countsLogins(limit)
    case 'client of a session':
      return limit.within.includes('client')
  }
}

/** A service's own session is no person's, and what comes by no client is no client's. */
function isPlaced({ within }: AppliedLimit, { userId, workspaceId, clientId }: Comer): boolean {
  if (within.includes('user') && userId === null) return false
  if (within.includes('workspace') && workspaceId === null) return false
  return !within.includes('client') || clientId !== null
}

/** Of each dimension, what all those have in common that a limit counts with this comer. */
export function valuesOf(
  { within, origin }: AppliedLimit,
  comer: Comer,
): readonly (string | null)[] {
  const values: Readonly<Record<Dimension, string | null>> = {
    user: comer.userId,
    workspace: comer.workspaceId,
    client: comer.clientId,
    device_class: comer.deviceClass,
    acr: comer.acr,
    role: origin.subject.slice(origin.subject.indexOf('/') + 1),
  }
  return within.map((dimension) => values[dimension])
}
