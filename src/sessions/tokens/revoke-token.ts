import { appendEntry } from '../../audit/append-entry.ts'
import { type Db, sqlTransaction } from '../../database/transaction.ts'
import type { SessionId, WorkspaceId } from '../../ids.ts'
import { insertRevokedToken, revokedAmong } from '../stay-store.ts'

export interface RevocableToken {
  readonly jti: string
  /** Null for a token of a service. */
  readonly sessionId: SessionId | null
  readonly workspaceId: WorkspaceId | null
  /** The client_id of its client, which is the one that may revoke it. */
  readonly client: string
  readonly expiresAt: Date
}

/** Revokes one access token (RFC 7009): its siblings and its refresh token live on. */
export async function revokeToken(db: Db, token: RevocableToken): Promise<void> {
  await sqlTransaction(db, async (tx) => {
    if (!(await insertRevokedToken(tx, token))) return
    await appendEntry(tx, {
      action: 'token.revoked',
      actor: { kind: 'client', id: token.client },
      subject: { kind: 'session', id: token.sessionId ?? 'service' },
      workspaceId: token.workspaceId,
      detail: { jti: token.jti },
    })
  })
}

/** Whether a service's token was revoked. */
export async function isRevoked(db: Db, jti: string): Promise<boolean> {
  return (await revokedAmong(db, [jti])).has(jti)
}
