import { type Actor, appendEntry } from '../../audit/append-entry.ts'
import { type Db, transaction } from '../../database/transaction.ts'
import { DomainError } from '../../errors.ts'
import type { ElevationId } from '../../ids.ts'
import type { Elevation } from './elevation.ts'
import { decideElevation, sessionOfElevation } from './elevation-store.ts'
import { type Reach, reaches } from './reach.ts'
import { nameOfActor } from './set-permissions.ts'
import type { ReadTokenCheck } from './token-check.ts'

interface Deps {
  readonly db: Db
  readonly tokenChecks: ReadTokenCheck
}

export interface ElevationDecision {
  readonly id: ElevationId
  readonly grant: 'granted' | 'refused'
  readonly by: Actor
  readonly reach?: Reach
}

/** A second person's yes or no to an elevation that was asked for; nobody agrees to their own. */
export async function decideOnElevation(
  deps: Deps,
  { id, grant, by, reach }: ElevationDecision,
): Promise<Elevation> {
  const sessionId = await sessionOfElevation(deps.db, id)
  const check = sessionId && (await deps.tokenChecks(sessionId))
  if (!check || !reaches(reach, check.session))
    throw new DomainError('not_found', 'no such elevation')

  return transaction(deps.db, async (tx) => {
    const decided = await decideElevation(tx, { id, grant, decidedBy: nameOfActor(by) })
    if (!decided)
      throw new DomainError('conflict', 'it is decided or over, or you are the one who asked')
    await appendEntry(tx, {
      action: `elevation.${grant}`,
      actor: by,
      subject: { kind: 'elevation', id },
      workspaceId: check.session.workspaceId,
      detail: { session: check.session.id, permissions: [...decided.permissions] },
    })
    return decided
  })
}
