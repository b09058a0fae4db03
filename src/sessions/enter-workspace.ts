import { appendEntry } from '../audit/append-entry.ts'
import { sealJson } from '../crypto/envelope.ts'
import type { Sql } from '../database/sql.ts'
import { type Db, sqlTransaction } from '../database/transaction.ts'
import { type LoginId, newId, type WorkspaceId } from '../ids.ts'
import type { Keyring } from '../keys/keyring.ts'
import { boundContext, type Context } from './context.ts'
import { type EndCause, endSession } from './end.ts'
import { type EntryCheck, isBarred, lockToEnter } from './login-store.ts'
import { absoluteEnd, type CheckedSession, type SessionLimits } from './session.ts'
import { insertSession, unendedSession } from './session-store.ts'

interface Deps {
  readonly db: Db
  readonly keyring: Pick<Keyring, 'createSessionSecret' | 'sessionKey'>
  readonly config: { readonly sessions: SessionLimits }
}

export interface Entering {
  readonly loginId: LoginId
  readonly workspaceId: WorkspaceId
  readonly context: Context
}

export type Entered =
  | { readonly entered: true; readonly session: CheckedSession; readonly created: boolean }
  /** `login_required`: a session here was ended, and only a proof later than that leads back. */
  | { readonly entered: false; readonly reason: 'login_required' | 'not_a_member' }

/**
 * The session of a login in a workspace: the one that lives, or a new one with a secret of its own.
 *
 * Parallel requests get the same session: one index lets only one live row be.
 */
export async function enterWorkspace(deps: Deps, entering: Entering): Promise<Entered> {
  const found = await unendedSession(deps.db, entering.loginId, entering.workspaceId)
  if (found && found.refusal === null) {
    if (!(await isBarred(deps.db, entering.loginId, entering.workspaceId)))
      return { entered: true, session: found, created: false }
  }
  if (found?.refusal) await endExpired(deps, found)
  return sqlTransaction(deps.db, (tx) => enter(deps, tx, entering))
}

// Time has ended it, and nothing has marked it yet: it must hear of its end before a new one begins.
async function endExpired(deps: Deps, session: CheckedSession): Promise<void> {
  const causes: Partial<Record<string, EndCause>> = {
    idle: 'idle',
    absolute: 'absolute',
    not_a_member: 'member_removed',
  }
  const cause = session.refusal ? causes[session.refusal] : undefined
  if (cause) await endSession(deps, session.id, { cause, by: { kind: 'system' } })
}

async function enter(deps: Deps, tx: Sql, entering: Entering): Promise<Entered> {
  const check = await lockToEnter(tx, entering.loginId, entering.workspaceId)
  if (!check) return { entered: false, reason: 'not_a_member' }
  if (check.barrier && check.barrier >= check.login.authTime)
    return { entered: false, reason: 'login_required' }

  const existing = await unendedSession(tx, entering.loginId, entering.workspaceId)
  if (existing) return { entered: true, session: existing, created: false }
  return create(deps, tx, entering, check)
}

async function create(
  deps: Deps,
  tx: Sql,
  entering: Entering,
  { login, now }: EntryCheck,
): Promise<Entered> {
  const id = newId<'ses'>()
  const { workspaceId } = entering
  const secret = await deps.keyring.createSessionSecret(tx, { sessionId: id, workspaceId })
  const row = { ...secret, sessionId: id, workspaceId }
  const key = await deps.keyring.sessionKey(row, 'data', { from: tx })
  const limits = deps.config.sessions

  await insertSession(tx, {
    id,
    kind: 'login',
    workspaceId,
    userId: login.userId,
    clientId: null,
    loginId: login.id,
    epochId: secret.epochId,
    secretWrapped: secret.wrapped,
    contextSealed: sealJson(key, boundContext(entering.context), ['session', id, 'context']),
    absoluteEndAt: absoluteEnd(limits, login, now),
    idleTimeout: limits.idleTimeout,
  })
  const session = await unendedSession(tx, login.id, workspaceId)
  if (!session) throw new Error('a session that was just written is not there')
  if (session.id !== id) return { entered: true, session, created: false }
  await appendEntry(tx, {
    action: 'session.created',
    actor: { kind: 'user', id: login.userId },
    subject: { kind: 'session', id },
    workspaceId,
  })
  return { entered: true, session, created: true }
}
