import { type Actor, appendEntry } from '../audit/append-entry.ts'
import { type Db, transaction } from '../database/transaction.ts'
import type { ClientId, UserId, WorkspaceId } from '../ids.ts'
import { type Consent, type ConsentedScopes, partsOf } from './consent.ts'
import { upsertConsent } from './consent-store.ts'

export interface NewConsent {
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
  readonly clientId: ClientId
  readonly scopes: ConsentedScopes
  readonly by: Actor
}

/** Adds to a person's standing yes to a client, or begins one. */
export async function recordConsent(db: Db, { by, scopes, ...key }: NewConsent): Promise<Consent> {
  return transaction(db, async (tx) => {
    const consent = await upsertConsent(tx, key, scopes)
    await appendEntry(tx, {
      action: 'consent.granted',
      actor: by,
      subject: { kind: 'consent', id: consent.id },
      workspaceId: key.workspaceId,
      detail: { client: key.clientId, user: key.userId, scopes: partsOf(scopes) },
    })
    return consent
  })
}
