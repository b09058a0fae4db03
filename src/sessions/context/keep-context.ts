import { type Actor, appendEntry } from '../../audit/append-entry.ts'
import type { Db } from '../../database/transaction.ts'
import {
  type Drift,
  type DriftRules,
  judgeDrift,
  type Reaction,
  strongest,
  type Whereabouts,
} from '../../decisions/drift.ts'
import { DomainError } from '../../errors.ts'
import type { SessionId } from '../../ids.ts'
import type { AuditKeys } from '../../keys/audit-keys.ts'
import type { ServerKeys } from '../../keys/data-keys.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { Locate } from '../../lib/locate.ts'
import { agentOf } from '../../lib/user-agent.ts'
import { endSession } from '../ending/end.ts'
import type { ReadTokenCheck, TokenCheck } from '../manager/token-check.ts'
import { keyRowOf } from '../session-key-row.ts'
import { type Context, openContext, sealContext } from './context.ts'
import { contextHash } from './context-hash.ts'
import { savedContext } from './context-store.ts'
import { whereaboutsOf } from './whereabouts.ts'

export interface ContextDeps {
  readonly db: Db
  readonly tokenChecks: ReadTokenCheck
  readonly serverKeys: Pick<ServerKeys, 'lookupHash'>
  readonly auditKeys: Pick<AuditKeys, 'seal'>
  readonly keyring: Pick<Keyring, 'sessionKey'>
  readonly locate: Locate
  readonly driftRules: DriftRules
}

export interface ContextVerdict {
  /** What is to be done now; `none` and `note` let the session go on. */
  readonly reaction: Reaction
  readonly drifts: readonly Drift[]
}

/**
 * Judges where a session is used now against where it was used last, writes down what drifted, and
 * keeps the new place where the session goes on in it.
 *
 * What is not told stays as it was: a caller that knows the address alone says nothing of the device.
 */
export async function keepContext(
  deps: ContextDeps,
  check: TokenCheck,
  change: Change,
): Promise<ContextVerdict> {
  let current = check
  for (let turn = 0; turn < TURNS; turn += 1) {
    const verdict = await keepOnce(deps, current, change)
    if (verdict) return verdict
    const now = await deps.tokenChecks(check.session.id)
    // It ended after it was let pass, and there is nothing to keep in it any more.
    if (!now || now.session.refusal) return { reaction: 'none', drifts: [] }
    current = now
  }
  throw new DomainError('conflict', 'the context changed again and again meanwhile')
}

interface Change {
  readonly told: Context
  readonly by: Actor
}

/** More than that at once, each with another place, is nobody's honest use. */
const TURNS = 10

// Null where another request changed the context since it was read: of two devices that use a
// session for the first time at once, the second must be judged against the first.
async function keepOnce(
  deps: ContextDeps,
  check: TokenCheck,
  { told, by }: Change,
): Promise<ContextVerdict | null> {
  const key = await deps.keyring.sessionKey(keyRowOf(check.session), 'data')
  const { session, contextSealed } = check
  const before = contextSealed ? openContext(key, ['session', session.id], contextSealed) : {}
  const [was, is] = [whereaboutsOf(before, deps.locate), whereaboutsOf(told, deps.locate)]
  const drifts = driftsOf(deps, { session, before, told })
  const called = strongest(drifts)
  const reaction = deps.driftRules.onlyRecord && called !== 'none' ? 'note' : called
  // A country that follows from the address moves with it, or the next use would drift again.
  const after = { ...before, ...told, ...(is.country !== was.country && countryIn(is)) }
  if (reaction === 'step_up' || reaction === 'end') await tell(deps, check, { drifts, told, by })
  else if (!isSame(before, after)) {
    if (!(await save(deps, check, { key, after, drifts, by }))) return null
  }
  return { reaction, drifts }
}

function countryIn({ country }: Whereabouts): Pick<Context, 'country'> {
  return country === undefined ? {} : { country }
}

interface Move {
  readonly session: TokenCheck['session']
  readonly before: Context
  readonly told: Context
}

function driftsOf(
  { locate, driftRules }: Pick<ContextDeps, 'locate' | 'driftRules'>,
  { session, before, told }: Move,
): readonly Drift[] {
  return judgeDrift(whereaboutsOf(before, locate), whereaboutsOf(told, locate), {
    reactions: driftRules.reactions,
    secondsSince: (session.readAt.getTime() - session.lastSeenAt.getTime()) / 1000,
  })
}

/** Whether what is told says nothing new: then there is nothing to judge, and nothing to write. */
export async function isWhereItWas(
  deps: Pick<ContextDeps, 'keyring' | 'locate' | 'driftRules'>,
  { session, contextSealed }: TokenCheck,
  told: Context,
): Promise<boolean> {
  if (!contextSealed) return false
  const key = await deps.keyring.sessionKey(keyRowOf(session), 'data')
  const before = openContext(key, ['session', session.id], contextSealed)
  if (!isSame(before, { ...before, ...told })) return false
  return driftsOf(deps, { session, before, told }).length === 0
}

/** Whether a session may not go on; ends it where that is what its drift calls for. */
export async function mustStop(
  deps: Pick<ContextDeps, 'db'>,
  { id, reaction }: { readonly id: SessionId } & Pick<ContextVerdict, 'reaction'>,
): Promise<boolean> {
  if (reaction === 'end') await endSession(deps, id, { cause: 'drift', by: { kind: 'system' } })
  return reaction === 'end' || reaction === 'step_up'
}

interface Saving {
  readonly key: Buffer
  readonly after: Context
  readonly drifts: readonly Drift[]
  readonly by: Actor
}

async function save(deps: ContextDeps, check: TokenCheck, saving: Saving): Promise<boolean> {
  const { session, contextSealed: before } = check
  const { key, after, drifts, by } = saving
  const { address, deviceId, userAgent } = after
  return savedContext(
    deps.db,
    {
      id: session.id,
      before,
      sealed: sealContext(key, ['session', session.id], after),
      addressHash: address ? contextHash(deps.serverKeys, 'address', address) : null,
      deviceHash: deviceId ? contextHash(deps.serverKeys, 'device', deviceId) : null,
      deviceClass: userAgent ? agentOf(userAgent).deviceClass : null,
    },
    await entryOf(deps, check, { drifts, told: after, by }),
  )
}

interface Telling {
  readonly drifts: readonly Drift[]
  readonly told: Context
  readonly by: Actor
}

async function tell(deps: ContextDeps, check: TokenCheck, telling: Telling): Promise<void> {
  await appendEntry(deps.db, await entryOf(deps, check, telling))
}

async function entryOf(deps: ContextDeps, { session }: TokenCheck, { drifts, told, by }: Telling) {
  const { workspaceId, id } = session
  return {
    action: drifts.length > 0 ? 'session.drifted' : 'session.context_changed',
    actor: by,
    subject: { kind: 'session', id } as const,
    workspaceId,
    detail: {
      drifts: drifts.map(({ kind, reaction }) => ({ kind, reaction })),
      only_recorded: deps.driftRules.onlyRecord,
    },
    context: await deps.auditKeys.seal(deps.db, { workspaceId, at: session.readAt }, told),
  }
}

function isSame(before: Context, after: Context): boolean {
  const names = Object.keys(after) as (keyof Context)[]
  return names.every((name) => before[name] === after[name])
}
