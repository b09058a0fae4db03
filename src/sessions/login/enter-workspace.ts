import { type Db, sqlTransaction } from '../../database/transaction.ts'
import type { Policies } from '../../decisions/policies.ts'
import { DomainError } from '../../errors.ts'
import { type ClientId, newId, type SessionId, type WorkspaceId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { type Context, sealContext } from '../context/context.ts'
import { contextHash } from '../context/context-hash.ts'
import { type EndCause, endRefused } from '../ending/end.ts'
import { absoluteEnd, type CheckedSession, type Refusal, type SessionLimits } from '../session.ts'
import { keyRowOf } from '../session-key-row.ts'
import type { Foothold, StandingLogin } from './foothold.ts'

interface Deps {
  readonly db: Db
  readonly keyring: Pick<Keyring, 'createSessionSecret' | 'draftSessionSecret' | 'sessionKey'>
  readonly serverKeys: Pick<ServerKeys, 'lookupHash'>
  readonly policies: Pick<Policies, 'effectiveFor'>
}

/** A login that comes to a workspace of its person. */
export interface Entering {
  readonly login: StandingLogin
  /** That sends it there. */
  readonly clientId: ClientId
  readonly workspace: {
    readonly id: WorkspaceId
    readonly slug: string
    readonly name: string
    readonly roles: readonly string[]
  }
  readonly foothold: Foothold
  readonly context: Context
}

/** The session of a login in a workspace, and what it takes to begin it if it is a new one. */
export interface Entered {
  readonly session: CheckedSession
  readonly beginning: Beginning | null
}

export interface Beginning {
  readonly contextSealed: Buffer
  readonly addressHash: Buffer | null
  readonly limits: SessionLimits
}

/**
 * The session that a login has in a workspace or, made ready with a secret of its own and not yet
 * written, the one that it will begin there. Null where only a proof later than an end leads in.
 */
export async function enterWorkspace(deps: Deps, entering: Entering): Promise<Entered | null> {
  const { session, barred } = entering.foothold
  if (barred || session?.refusal) return null
  return session ? { session, beginning: null } : draftSession(deps, entering)
}

/**
 * Marks a session that time has ended, which must hear of its end before a new one begins. False
 * where nothing was to be done; else what was found there is not so any more.
 */
export async function endExpired(
  deps: Pick<Deps, 'db'>,
  { session }: Pick<Foothold, 'session'>,
): Promise<boolean> {
  const cause = session?.refusal && CAUSES[session.refusal]
  if (!session?.refusal || !cause) return false
  const { id, refusal } = session
  await endRefused(deps, { id, refusal }, { cause, by: { kind: 'system' } })
  return true
}

const CAUSES: Partial<Record<Refusal, EndCause>> = {
  idle: 'idle',
  absolute: 'absolute',
  not_a_member: 'member_removed',
}

async function draftSession(deps: Deps, entering: Entering): Promise<Entered> {
  const { login, clientId, workspace, context } = entering
  const id = newId<'ses'>()
  const secret = await makeSecret(deps, id, entering)
  const { rules: limits } = await deps.policies.effectiveFor({
    workspaceId: workspace.id,
    clientId,
    roles: workspace.roles,
    acr: login.acr,
  })
  const session: CheckedSession = {
    id,
    kind: 'login',
    workspaceId: workspace.id,
    workspaceSlug: workspace.slug,
    workspaceName: workspace.name,
    roles: workspace.roles,
    userId: login.userId,
    serviceClientId: null,
    loginId: login.id,
    epochId: secret.epochId,
    secretWrapped: secret.wrapped,
    createdAt: login.readAt,
    lastSeenAt: login.readAt,
    absoluteEndAt: absoluteEnd(limits, login, login.readAt),
    idleTimeout: limits.idleTimeout,
    authTime: login.authTime,
    acr: login.acr,
    amr: login.amr,
    refusal: null,
    readAt: login.readAt,
  }
  const key = await deps.keyring.sessionKey(keyRowOf(session), 'data')
  const contextSealed = sealContext(key, ['session', id], context)
  const { address } = context
  const addressHash = address ? contextHash(deps.serverKeys, 'address', address) : null
  return { session, beginning: { contextSealed, addressHash, limits } }
}

// The key that wraps it is held when the session is written, and must be there then. Where it went
// since it was read, or none was there, another is made.
async function makeSecret(deps: Deps, sessionId: SessionId, { workspace, foothold }: Entering) {
  const place = { sessionId, workspaceId: workspace.id }
  const { epochId } = foothold
  const drafted =
    epochId && (await deps.keyring.draftSessionSecret(place, epochId).catch(unlessDestroyed))
  return drafted || sqlTransaction(deps.db, (tx) => deps.keyring.createSessionSecret(tx, place))
}

function unlessDestroyed(error: unknown): null {
  if (error instanceof DomainError && error.code === 'key_destroyed') return null
  throw error
}
