import type { Sql } from '../database/sql.ts'
import { type Db, sqlTransaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { type LoginId, newId, type SessionId, type WorkspaceId } from '../ids.ts'
import type { Keyring } from '../keys/keyring.ts'
import { type Context, sealContext } from './context.ts'
import { type EndCause, endRefused } from './end.ts'
import { type EntryCheck, findLogin, lockToEnter } from './login-store.ts'
import { absoluteEnd, type CheckedSession, type Refusal, type SessionLimits } from './session.ts'
import { insertSession, type NewSession, unendedSession } from './session-store.ts'

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
  if (found && found.session.refusal === null && !found.barred)
    return { entered: true, session: found.session, created: false }
  if (found?.session.refusal) await endExpired(deps, found.session.id, found.session.refusal)
  try {
    return await sqlTransaction(deps.db, (tx) => enter(deps, tx, entering))
  } catch (error) {
    if (error instanceof DomainError && error.code === 'login_required') return LOGIN_REQUIRED
    throw error
  }
}

const LOGIN_REQUIRED = { entered: false, reason: 'login_required' } as const

// Time has ended it, and nothing has marked it yet: it must hear of its end before a new one begins.
async function endExpired(deps: Deps, id: SessionId, refusal: Refusal): Promise<void> {
  const causes: Partial<Record<Refusal, EndCause>> = {
    idle: 'idle',
    absolute: 'absolute',
    not_a_member: 'member_removed',
  }
  const cause = causes[refusal]
  if (cause) await endRefused(deps, { id, refusal }, { cause, by: { kind: 'system' } })
}

async function enter(deps: Deps, tx: Sql, entering: Entering): Promise<Entered> {
  const check = await lockToEnter(tx, entering.loginId, entering.workspaceId)
  if (!check) return refused(tx, entering)
  if (check.barrier && check.barrier >= check.login.authTime) return LOGIN_REQUIRED
  return create(deps, tx, entering, check)
}

async function refused(tx: Sql, { loginId }: Entering): Promise<Entered> {
  const login = await findLogin(tx, loginId)
  return login ? { entered: false, reason: 'not_a_member' } : LOGIN_REQUIRED
}

function entered(session: CheckedSession): Entered {
  return session.refusal ? LOGIN_REQUIRED : { entered: true, session, created: false }
}

async function create(
  deps: Deps,
  tx: Sql,
  entering: Entering,
  check: EntryCheck,
): Promise<Entered> {
  const { loginId, workspaceId } = entering
  const id = newId<'ses'>()
  await insertSession(tx, await newSession(deps, tx, { id, entering, check }), {
    action: 'session.created',
    actor: { kind: 'user', id: check.login.userId },
    subject: { kind: 'session', id },
    workspaceId,
  })
  const found = await unendedSession(tx, loginId, workspaceId)
  if (!found) return LOGIN_REQUIRED
  const { session, barred } = found
  // Another request has made one meanwhile.
  if (session.id !== id) return entered(session)
  // An end may have committed since the barrier was read; had it not, its session were in the way.
  if (barred) throw new DomainError('login_required', 'the session here was ended meanwhile')
  return { entered: true, session, created: true }
}

async function newSession(
  deps: Deps,
  tx: Sql,
  { id, entering, check }: { id: SessionId; entering: Entering; check: EntryCheck },
): Promise<NewSession> {
  const { workspaceId } = entering
  const secret = await deps.keyring.createSessionSecret(tx, { sessionId: id, workspaceId })
  const row = { ...secret, sessionId: id, workspaceId }
  const key = await deps.keyring.sessionKey(row, 'data', { from: tx })
  const limits = deps.config.sessions
  return {
    id,
    kind: 'login',
    workspaceId,
    userId: check.login.userId,
    clientId: null,
    loginId: check.login.id,
    epochId: secret.epochId,
    secretWrapped: secret.wrapped,
    contextSealed: sealContext(key, ['session', id], entering.context),
    absoluteEndAt: absoluteEnd(limits, check.login, check.now),
    idleTimeout: limits.idleTimeout,
  }
}
