import { type Actor, appendEntry } from '../../audit/append-entry.ts'
import type { Sql } from '../../database/sql.ts'
import { sqlTransaction } from '../../database/transaction.ts'
import type { Room } from '../../decisions/make-room.ts'
import type { EffectivePolicy } from '../../decisions/policy.ts'
import { DomainError } from '../../errors.ts'
import {
  type ClientId,
  formatId,
  newId,
  type SessionId,
  type UserId,
  type WorkspaceId,
} from '../../ids.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { Locate } from '../../lib/locate.ts'
import { type Context, sealContext } from '../context/context.ts'
import { contextHash } from '../context/context-hash.ts'
import { deviceClassOf } from '../context/device-class.ts'
import { notePlace } from '../context/note-place.ts'
import type { EndedSession } from '../ending/end.ts'
import { type Coming, type CountedCandidate, comingOf } from '../limits/coming.ts'
import { LimitReached } from '../limits/limit-reached.ts'
import { lookForRoom, makeRoom } from '../limits/make-room.ts'
import { createdSession, type DraftedSession, heldPlace } from './create-store.ts'
import { type IssuedSession, issue } from './issue-session.ts'
import type { ValidateDeps } from './validate-session.ts'

export interface CreateDeps extends ValidateDeps {
  readonly locate: Locate
  readonly serverKeys: Pick<ServerKeys, 'key' | 'lookupHash'>
  readonly keyring: Pick<Keyring, 'sessionKey' | 'createSessionSecret'>
}

/** Whose session it will be: a person's, or a service's own. */
export type Holder =
  | { readonly kind: 'user'; readonly userId: UserId; readonly roles: readonly string[] }
  | { readonly kind: 'service' }

export interface NewStay {
  readonly holder: Holder
  readonly workspaceId: WorkspaceId
  /** The client that makes it; for a service's own session, its holder. */
  readonly clientId: ClientId | null
  readonly context: Context
  /** How the holder proved who they are, as the client says, and when; never above what it may vouch for. */
  readonly acr: string | null
  readonly amr: readonly string[]
  readonly authTime: Date | null
  readonly priority: number | null
  readonly by: Actor
}

export interface CreatedSession extends IssuedSession {
  /** Sessions that made room for it. */
  readonly evicted: readonly EndedSession[]
}

/**
 * Makes a session without a login: with a secret of its own, in exactly one workspace, and with the
 * first of its session tokens.
 *
 * Throws `LimitReached` where there are as many as there may be, and nobody leaves for it.
 */
export async function createSession(deps: CreateDeps, stay: NewStay): Promise<CreatedSession> {
  const id = newId<'ses'>()
  const policy = await policyFor(deps, stay)
  const evicted = await insert(deps, { id, stay, policy })
  const check = await deps.tokenChecks(id)
  if (!check || check.session.refusal)
    throw new DomainError('session_ended', 'the session was ended at once')
  notePlace(deps, id, stay.context)
  return { ...(await issue(deps, check, policy)), evicted }
}

/** Whether `createSession` would make it as things are, and who would leave for it; nothing is changed. */
export async function previewSession(
  deps: Pick<CreateDeps, 'db' | 'policies'>,
  stay: NewStay,
): Promise<Room<CountedCandidate>> {
  return lookForRoom(deps.db, comingAs(stay, await policyFor(deps, stay)))
}

function policyFor({ policies }: Pick<CreateDeps, 'policies'>, stay: NewStay) {
  return policies.effectiveFor({
    workspaceId: stay.workspaceId,
    clientId: stay.clientId,
    roles: rolesOf(stay),
    acr: stay.acr,
  })
}

function comingAs(stay: NewStay, policy: EffectivePolicy): Coming {
  const comer = {
    userId: stay.holder.kind === 'user' ? stay.holder.userId : null,
    workspaceId: stay.workspaceId,
    clientId: stay.clientId,
    priority: stay.priority,
    roles: rolesOf(stay),
    deviceClass: deviceClassOf(stay.context),
    acr: stay.acr,
  }
  return comingOf(policy, comer, 'session')
}

interface Making {
  readonly id: SessionId
  readonly stay: NewStay
  readonly policy: EffectivePolicy
}

async function insert(deps: CreateDeps, making: Making): Promise<readonly EndedSession[]> {
  const { stay, policy } = making
  const coming = policy.concurrent.length > 0 ? comingAs(stay, policy) : null
  return sqlTransaction(deps.db, async (tx) => {
    const evicted = coming && coming.limits.length > 0 ? await roomFor(tx, stay, coming) : []
    if (!(await inserted(deps, tx, making))) throw notAMember()
    return evicted
  }).catch((error) => refusing(deps, stay, error))
}

/** A refusal for want of room is written down; by itself, for nothing else was. */
async function refusing({ db }: CreateDeps, stay: NewStay, error: unknown): Promise<never> {
  if (!(error instanceof LimitReached)) throw error
  const { holder, workspaceId, clientId } = stay
  await appendEntry(db, {
    action: 'session.refused',
    actor: stay.by,
    subject:
      holder.kind === 'user'
        ? { kind: 'user', id: holder.userId }
        : { kind: 'client', id: clientId ?? '' },
    workspaceId,
    detail: { reason: error.code, ...error.details },
  })
  throw error
}

function roomFor(tx: Sql, stay: NewStay, coming: Coming): Promise<readonly EndedSession[]> {
  const { workspaceId, clientId } = stay
  const place = { userId: coming.comer.userId, clientId, workspaceId }
  const hold = async () => {
    if (!(await heldPlace(tx, place))) throw notAMember()
  }
  return makeRoom(tx, coming, { by: stay.by, hold })
}

async function inserted(deps: CreateDeps, tx: Sql, making: Making): Promise<boolean> {
  const { id, stay } = making
  const place = { sessionId: id, workspaceId: stay.workspaceId }
  const secret = await deps.keyring.createSessionSecret(tx, place)
  const key = await deps.keyring.sessionKey({ ...place, ...secret }, 'data', { from: tx })
  const contextSealed = sealContext(key, ['session', id], located(deps, stay.context))
  const drafted = draftOf(deps, making, { ...secret, contextSealed })
  return createdSession(tx, drafted, {
    action: 'session.created',
    actor: stay.by,
    subject: { kind: 'session', id },
    workspaceId: stay.workspaceId,
    detail: {
      kind: drafted.kind,
      ...(stay.clientId && { client: formatId('cli', stay.clientId) }),
    },
  })
}

function notAMember(): DomainError {
  return new DomainError('not_a_member', 'the holder may not enter that workspace')
}

function rolesOf({ holder }: NewStay): readonly string[] {
  return holder.kind === 'user' ? holder.roles : []
}

/** A country that nobody told is looked up, so that a later one can be compared with it. */
function located({ locate }: CreateDeps, context: Context): Context {
  const country = context.country ?? (context.address ? locate(context.address) : null)
  return country ? { ...context, country } : context
}

function draftOf(
  { serverKeys }: CreateDeps,
  { id, stay, policy }: Making,
  sealed: { readonly epochId: string; readonly wrapped: Buffer; readonly contextSealed: Buffer },
): DraftedSession {
  const { address, deviceId } = stay.context
  return {
    id,
    kind: stay.holder.kind === 'user' ? 'api' : 'service',
    workspaceId: stay.workspaceId,
    userId: stay.holder.kind === 'user' ? stay.holder.userId : null,
    clientId: stay.clientId,
    epochId: sealed.epochId,
    secretWrapped: sealed.wrapped,
    contextSealed: sealed.contextSealed,
    acr: stay.acr,
    amr: stay.amr,
    authTime: stay.authTime,
    priority: stay.priority,
    deviceClass: deviceClassOf(stay.context),
    addressHash: address ? contextHash(serverKeys, 'address', address) : null,
    deviceHash: deviceId ? contextHash(serverKeys, 'device', deviceId) : null,
    ...policy.rules,
  }
}
