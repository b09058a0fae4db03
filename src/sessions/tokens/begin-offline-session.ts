import { appendEntry } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import { type Db, sqlTransaction } from '../../database/transaction.ts'
import { DomainError } from '../../errors.ts'
import { type GrantId, newId, type SessionId } from '../../ids.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { CheckedSession } from '../session.ts'
import type { Grant } from './grant.ts'
import { saveGrant } from './grant-store.ts'
import { type Beside, insertOfflineSession } from './offline-store.ts'

interface Deps {
  readonly db: Db
  readonly keyring: Pick<Keyring, 'createSessionSecret'>
  readonly config: {
    readonly offline: { readonly idleTimeout: number; readonly absoluteTimeout: number }
  }
}

/** An offline session that is made ready, with its key, before it is known whether it will begin. */
export interface OfflineDraft {
  readonly session: CheckedSession
  readonly grantId: GrantId
  readonly epoch: number
}

/**
 * Names an offline session and makes its secret, so that tokens can be derived; writes nothing.
 *
 * It stands beside the session that the person consented in: own key, own limits, and no login.
 */
export async function draftOfflineSession(
  deps: Deps,
  beside: CheckedSession,
): Promise<OfflineDraft> {
  const sessionId: SessionId = newId()
  const { workspaceId } = beside
  const secret = await sqlTransaction(deps.db, (tx) =>
    deps.keyring.createSessionSecret(tx, { sessionId, workspaceId }),
  )
  const { epochId, wrapped } = secret
  const { idleTimeout, absoluteTimeout } = deps.config.offline
  return {
    session: {
      ...beside,
      id: sessionId,
      kind: 'offline',
      loginId: null,
      epochId,
      secretWrapped: wrapped,
      idleTimeout,
      absoluteEndAt: new Date(beside.readAt.getTime() + absoluteTimeout * 1000),
    },
    grantId: newId(),
    epoch: 0,
  }
}

/** Writes a drafted session and its grant in the transaction of the redemption that begets it. */
export async function beginOfflineSession(
  tx: Sql,
  draft: OfflineDraft,
  about: Beside & { readonly scopes: Grant['scopes'] },
): Promise<void> {
  const { session } = draft
  const { clientId, scopes } = about
  const begun =
    (await insertOfflineSession(tx, session, about)) &&
    (await saveGrant(tx, { id: draft.grantId, sessionId: session.id, clientId, scopes }))
  if (!begun) throw new DomainError('session_ended', 'the session has ended')
  await appendEntry(tx, {
    action: 'session.created',
    actor: { kind: 'user', ...(session.userId ? { id: session.userId } : {}) },
    subject: { kind: 'session', id: session.id },
    workspaceId: session.workspaceId,
    detail: { kind: 'offline', client: about.clientId },
  })
}
