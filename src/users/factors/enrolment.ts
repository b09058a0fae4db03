import type { NewEntry } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import { DomainError } from '../../errors.ts'
import { type FactorId, formatId, type UserId } from '../../ids.ts'
import { type FactorKind, MOST_FACTORS } from './factor.ts'
import { countFactors } from './factor-store.ts'

export async function mustHaveRoom(tx: Sql, userId: UserId): Promise<void> {
  if ((await countFactors(tx, userId)) >= MOST_FACTORS)
    throw new DomainError('conflict', `nobody has more than ${MOST_FACTORS} factors`)
}

export function addedEntry(added: {
  readonly id: FactorId
  readonly userId: UserId
  readonly kind: FactorKind
}): NewEntry {
  return {
    action: 'factor.added',
    actor: { kind: 'user', id: added.userId },
    subject: { kind: 'user', id: added.userId },
    detail: { factor: formatId('fac', added.id), kind: added.kind },
  }
}
