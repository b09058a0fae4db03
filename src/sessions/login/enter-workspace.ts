import { type Db, sqlTransaction } from '../../database/transaction.ts'
import type { Policies } from '../../decisions/policies.ts'
import type { EffectivePolicy } from '../../decisions/policy.ts'
import { DomainError } from '../../errors.ts'
import { type ClientId, newId, type SessionId, type WorkspaceId } from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Keyring } from '../../keys/keyring.ts'
import { type Context, sealContext } from '../context/context.ts'
import { contextHash } from '../context/context-hash.ts'
import { deviceClassOf } from '../context/device-class.ts'
import { type EndCause, endRefused } from '../ending/end.ts'
import { type Adds, type Coming, comingOf } from '../limits/coming.ts'
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
  /** The limits that it must fit in; null where there are none. */
  readonly coming: Coming | null
}

export interface Beginning {
  readonly contextSealed: Buffer
  readonly addressHash: Buffer | null
  readonly limits: SessionLimits
  readonly deviceClass: string | null
}

/**
 * The session that a login has in a workspace or, made ready with a secret of its own and not yet
 * written, the one that it will begin there. Null where only a proof later than an end leads in.
 */
export async function enterWorkspace(deps: Deps, entering: Entering): Promise<Entered | null> {
  const { session, grant, barred } = entering.foothold
  if (barred || session?.refusal) return null
  if (!session) return draftSession(deps, entering, await policyFor(deps, entering))
  // A client that has a part in it is counted already.
  if (grant) return { session, beginning: null, coming: null }
  const policy = await policyFor(deps, entering)
  const coming = comingAs(entering, policy, { adds: 'client of a session', sessionId: session.id })
  return { session, beginning: null, coming }
}

function policyFor({ policies }: Deps, { login, clientId, workspace }: Entering) {
  const { id: workspaceId, roles } = workspace
  return policies.effectiveFor({ workspaceId, clientId, roles, acr: login.acr })
}

function comingAs(
  { login, clientId, workspace, context }: Entering,
  policy: EffectivePolicy,
  { adds, ...known }: { readonly adds: Adds; readonly sessionId?: SessionId },
): Coming | null {
  if (policy.concurrent.length === 0) return null
  const comer = {
    ...known,
    userId: login.userId,
    workspaceId: workspace.id,
    clientId,
    priority: null,
    roles: workspace.roles,
    deviceClass: deviceClassOf(context),
    acr: login.acr,
  }
  const coming = comingOf(policy, comer, adds)
  return coming.limits.length > 0 ? coming : null
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

async function draftSession(
  deps: Deps,
  entering: Entering,
  policy: EffectivePolicy,
): Promise<Entered> {
  const { login, workspace, context } = entering
  const id = newId<'ses'>()
  const secret = await makeSecret(deps, id, entering)
  const { rules: limits } = policy
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
  const deviceClass = deviceClassOf(context)
  return {
    session,
    beginning: { contextSealed, addressHash, limits, deviceClass },
    coming: comingAs(entering, policy, { adds: 'session of a login' }),
  }
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
