import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { ConsentId, UserId } from '../ids.ts'
import type { Consent } from './consent.ts'
import { closeConsent } from './consent-store.ts'

export interface Withdrawal {
  readonly id: ConsentId
  /** Whose it must be: another person's is not found. */
  readonly userId: UserId
  readonly by: Actor
}

/** Takes a standing yes back and tells what it was; the grants that relied on it are ended by the caller, in the same transaction. */
export async function withdrawConsent(db: Db, { id, userId, by }: Withdrawal): Promise<Consent> {
  return transaction(db, async (tx) => {
    const consent = await closeConsent(tx, id, userId)
    if (!consent) throw new DomainError('not_found', 'no such consent')
    await appendEntry(tx, {
      action: 'consent.withdrawn',
      actor: by,
      subject: { kind: 'consent', id },
      workspaceId: consent.workspaceId,
      detail: { client: consent.clientId, user: userId },
    })
    return consent
  })
}
