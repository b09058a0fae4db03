import type { Actor } from '../../audit/append-entry.ts'
import { sqlTransaction } from '../../database/transaction.ts'
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
import { agentOf } from '../../lib/user-agent.ts'
import { type Context, sealContext } from '../context/context.ts'
import { contextHash } from '../context/context-hash.ts'
import { notePlace } from '../context/note-place.ts'
import { createdSession, type DraftedSession } from './create-store.ts'
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

/**
 * Makes a session without a login: with a secret of its own, in exactly one workspace, and with the
 * first of its session tokens.
 */
export async function createSession(deps: CreateDeps, stay: NewStay): Promise<IssuedSession> {
  const id = newId<'ses'>()
  const policy = await deps.policies.effectiveFor({
    workspaceId: stay.workspaceId,
    clientId: stay.clientId,
    roles: stay.holder.kind === 'user' ? stay.holder.roles : [],
    acr: stay.acr,
  })
  await insert(deps, { id, stay, policy })
  const check = await deps.tokenChecks(id)
  if (!check || check.session.refusal)
    throw new DomainError('session_ended', 'the session was ended at once')
  notePlace(deps, id, stay.context)
  return issue(deps, check, policy)
}

interface Making {
  readonly id: SessionId
  readonly stay: NewStay
  readonly policy: EffectivePolicy
}

async function insert(deps: CreateDeps, making: Making): Promise<void> {
  const { id, stay } = making
  const made = await sqlTransaction(deps.db, async (tx) => {
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
  })
  if (!made) throw new DomainError('not_a_member', 'the holder may not enter that workspace')
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
  const { address, deviceId, userAgent } = stay.context
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
    deviceClass: userAgent ? agentOf(userAgent).deviceClass : null,
    addressHash: address ? contextHash(serverKeys, 'address', address) : null,
    deviceHash: deviceId ? contextHash(serverKeys, 'device', deviceId) : null,
    ...policy.rules,
  }
}
