import { type Actor, appendEntry, type Json, type SealedContext } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import { type Db, sqlTransaction } from '../../database/transaction.ts'
import type { GrantId, LoginId, SessionId, UserId, WorkspaceId } from '../../ids.ts'
import type { Refusal } from '../session.ts'
import { closeGrant } from './end-grants-store.ts'
import { type ChosenLogins, endChosenLogins } from './end-logins-store.ts'
import { type Chosen, type EndedSession, endChosen } from './end-store.ts'
import { closeUserGate, closeWorkspaceGate } from './gate-store.ts'

export type { EndedSession } from './end-store.ts'

/** Why a grant, a session, a login or everything of a person ends; DESIGN.md §5's table. */
export type EndCause =
  | 'consent_withdrawn'
  | 'client_removed'
  | 'token_revoked'
  | 'idle'
  | 'absolute'
  | 'administrator'
  | 'reuse'
  | 'drift'
  | 'evicted'
  | 'member_removed'
  | 'workspace_archived'
  | 'left_workspace'
  | 'logout'
  | 'switched_user'
  | 'logout_everywhere'
  | 'password_changed'
  | 'factors_reset'
  | 'user_disabled'
  | 'user_deleted'
  | 'restored'

export interface Ending {
  readonly cause: EndCause
  readonly by: Actor
  /** What an auditor should know besides; never a secret, never personal context. */
  readonly detail?: { readonly [key: string]: Json }
  /** Where it was caused from. */
  readonly context?: SealedContext
}

interface Deps {
  readonly db: Db
}

/** Ends what one session lets one client do. A revoked token leaves the consent standing. */
export async function endGrant(deps: Deps, id: GrantId, ending: Ending): Promise<boolean> {
  return sqlTransaction(deps.db, async (tx) => {
    const keepsConsent = ending.cause === 'token_revoked' ? 'yes' : 'no'
    const touched = await closeGrant(tx, id, { cause: ending.cause, keepsConsent })
    if (!touched) return false
    await appendEntry(tx, {
      action: 'grant.ended',
      actor: ending.by,
      subject: { kind: 'grant', id },
      workspaceId: touched.workspaceId,
      detail: { ...ending.detail, cause: ending.cause },
    })
    return true
  })
}

/**
 * Ends one session: its key is destroyed, and with it all that it locked or signed.
 *
 * Resolves to null when it had ended before: ending twice is no error and leaves one trace.
 */
export async function endSession(
  deps: Deps,
  id: SessionId,
  ending: Ending,
): Promise<EndedSession | null> {
  const [ended] = await endSessions(deps, { by: 'ids', value: [id] }, ending)
  return ended ?? null
}

/** The same for a session that a check refused, if it still is so once its row is locked. */
export async function endRefused(
  deps: Deps,
  { id, refusal }: { readonly id: SessionId; readonly refusal: Refusal },
  ending: Ending,
): Promise<EndedSession | null> {
  const options = { ...endOptionsOf(ending), onlyIf: refusal }
  const chosen = { by: 'ids', value: [id] } as const
  const [ended] = await sqlTransaction(deps.db, (tx) => endChosen(tx, chosen, options))
  return ended ?? null
}

/** `endSession` within a transaction of prepared statements. */
export function endSessionIn(tx: Sql, id: SessionId, ending: Ending): Promise<EndedSession[]> {
  return endChosen(tx, { by: 'ids', value: [id] }, endOptionsOf(ending))
}

/** Ends a login with all its sessions; offline sessions outlive it. */
export async function endLogin(deps: Deps, id: LoginId, ending: Ending): Promise<EndedSession[]> {
  return sqlTransaction(deps.db, async (tx) => {
    await endChosenLogins(tx, { by: 'id', value: id }, optionsOf(ending))
    return endSessionsOfLogins(tx, [id], ending)
  })
}

type Passing = 'idle' | 'absolute' | 'incarnation'

/** Ends sessions whose time, or whose life of the database, is over, until none is left. */
export function endExpiredSessions(
  deps: Deps,
  chosen: Extract<Chosen, { readonly by: Passing }>,
  ending: Ending,
): Promise<EndedSession[]> {
  return inBatches(() => endSessions(deps, chosen, ending))
}

/** Ends many logins with all their sessions: at most 100 in a transaction, until none is left. */
export async function endLogins(
  deps: Deps,
  chosen: Extract<ChosenLogins, { readonly by: 'others' | Passing }>,
  ending: Ending,
): Promise<EndedSession[]> {
  const all: EndedSession[] = []
  const endBatch = async (tx: Sql) => {
    const logins = await endChosenLogins(tx, chosen, optionsOf(ending))
    const ended = await endSessionsOfLogins(tx, logins, ending)
    return { logins, ended }
  }
  for (;;) {
    const { logins, ended } = await sqlTransaction(deps.db, endBatch)
    all.push(...ended)
    if (logins.length === 0) return all
  }
}

// Without barriers: they would be of a login that nobody comes back to.
export function endSessionsOfLogins(
  tx: Sql,
  logins: readonly LoginId[],
  ending: Ending,
): Promise<EndedSession[]> {
  const options = { ...optionsOf(ending), bars: false }
  return inBatches(() => endChosen(tx, { by: 'logins', value: logins }, options))
}

/**
 * Ends everything of a person: effective with the first commit, then cleared up in batches.
 *
 * Should this process die in between, the gate holds and the sweep clears up what is left.
 */
export async function endUser(deps: Deps, id: UserId, ending: Ending): Promise<EndedSession[]> {
  await closeUser(deps.db, id, ending)
  return clearUser(deps, id, ending)
}

/** The first step of `endUser`, for a change that must not commit without it. */
export async function closeUser(db: Db, id: UserId, ending: Ending): Promise<void> {
  await sqlTransaction(db, async (tx) => {
    const reaches = reachesOffline(ending) ? 'all' : 'all but offline'
    await closeUserGate(tx, id, { cause: ending.cause, reaches })
    await appendEntry(tx, {
      action: 'user.ended',
      actor: ending.by,
      subject: { kind: 'user', id },
      detail: { ...ending.detail, cause: ending.cause },
    })
  })
}

/** The second step, after the commit of the first. */
export async function clearUser(deps: Deps, id: UserId, ending: Ending): Promise<EndedSession[]> {
  const chosen: Chosen = { by: reachesOffline(ending) ? 'userAndOffline' : 'user', value: id }
  const ended = await inBatches(() => endSessions(deps, chosen, ending))
  await inBatches(() => endChosenLogins(deps.db, { by: 'user', value: id }, optionsOf(ending)))
  return ended
}

function reachesOffline({ cause }: Ending): boolean {
  return cause === 'user_disabled' || cause === 'user_deleted'
}

/** Ends every session in a workspace, in the same two steps. */
export async function endWorkspaceSessions(
  deps: Deps,
  id: WorkspaceId,
  ending: Ending,
): Promise<EndedSession[]> {
  await closeWorkspace(deps.db, id)
  return clearWorkspace(deps, id, ending)
}

/** The first step, for a change that must not commit without it. */
export function closeWorkspace(db: Db, id: WorkspaceId): Promise<void> {
  return closeWorkspaceGate(db, id)
}

/** The second step, after the commit of the first. */
export function clearWorkspace(
  deps: Deps,
  id: WorkspaceId,
  ending: Ending,
): Promise<EndedSession[]> {
  return inBatches(() => endSessions(deps, { by: 'workspace', value: id }, ending))
}

/** The one place where sessions end, whoever asks and however many: at most 500 a call. */
export async function endSessions(
  deps: Deps,
  chosen: Chosen,
  ending: Ending,
): Promise<EndedSession[]> {
  return sqlTransaction(deps.db, (tx) => endChosen(tx, chosen, endOptionsOf(ending)))
}

function endOptionsOf(ending: Ending) {
  return { ...optionsOf(ending), bars: bars(ending.cause) }
}

// A login that ends takes its barriers with it; an end of one session alone needs one, or single
// sign-on would bring it back without a question.
function bars(cause: EndCause): boolean {
  const reachesLogin: readonly EndCause[] = [
    'logout',
    'switched_user',
    'logout_everywhere',
    'password_changed',
    'user_disabled',
    'user_deleted',
    'restored',
  ]
  return !reachesLogin.includes(cause)
}

export function optionsOf(ending: Ending) {
  return {
    cause: ending.cause,
    actorKind: ending.by.kind,
    actorId: ending.by.id ?? null,
    detail: ending.detail ?? {},
    context: ending.context ?? null,
  }
}

async function inBatches<T>(batch: () => Promise<readonly T[]>): Promise<T[]> {
  const all: T[] = []
  for (;;) {
    const done = await batch()
    if (done.length === 0) return all
    all.push(...done)
  }
}
