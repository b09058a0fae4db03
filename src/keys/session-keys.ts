import { deriveKey, type SessionPurpose } from '../crypto/derive.ts'
import { open, seal } from '../crypto/envelope.ts'
import type { RootKeys } from '../crypto/root-key.ts'
import { makeSecret, wipe } from '../crypto/secret.ts'
import type { Sql } from '../database/sql.ts'
import { DomainError } from '../errors.ts'
import { createEpochKeys, type EpochKey } from './epoch-keys.ts'
import { type CachedSecret, derivedOnce, SecretCache, whenReady } from './secret-cache.ts'

/** What a session's row, just read, says of its key. */
export interface SessionKeyRow {
  readonly sessionId: string
  readonly workspaceId: string
  readonly epochId: string | null
  readonly wrapped: Uint8Array | null
}

/** What a session's row stores of its key. */
export interface WrappedSessionSecret {
  readonly epochId: string
  readonly wrapped: Buffer
}

/** How a key is asked for beyond its purpose. */
export interface KeyAsk {
  /** Tells apart the many keys of one purpose; such a key is derived anew each time. */
  readonly context?: readonly string[]
  /** The caller's transaction: a miss then needs no second connection, which a full pool lacks. */
  readonly from?: Sql
}

/**
 * Keys of sessions: at once when held, else promised.
 *
 * Use them at once and keep none: the bytes are overwritten when the session is forgotten. A row
 * whose key was destroyed, moved or made in another incarnation is refused with `key_destroyed`.
 */
export interface SessionKeys {
  sessionSecret(row: SessionKeyRow, ask?: KeyAsk): Buffer | Promise<Buffer>
  sessionKey(row: SessionKeyRow, purpose: SessionPurpose, ask?: KeyAsk): Buffer | Promise<Buffer>
  /** Makes a secret under the current epoch, which stays locked until `tx` is over. */
  createSessionSecret(tx: Sql, session: SessionPlace): Promise<WrappedSessionSecret>
  /** The same under an epoch that was just read and is held by nobody: whoever writes it must hold it. */
  draftSessionSecret(session: SessionPlace, epochId: string): Promise<WrappedSessionSecret>
  /** Wraps the same secret under the current epoch; `null` when it is there already. */
  rewrapSessionSecret(tx: Sql, row: SessionKeyRow): Promise<WrappedSessionSecret | null>
  forgetSession(sessionId: string): void
  forgetEpoch(epochId: string): void
  sweepSessions(seconds: number): void
}

export interface SessionKeysOptions {
  readonly db: Sql
  readonly rootKeys: RootKeys
  readonly incarnation: string
  /** Seconds after which a workspace gets a new epoch. */
  readonly epochRotation: number
  /** How many secrets are held at most. */
  readonly limit: number
  /** Milliseconds, for the age of what is held. */
  readonly clock: () => number
}

type SessionPlace = Pick<SessionKeyRow, 'sessionId' | 'workspaceId'>
type WholeRow = SessionPlace & { readonly epochId: string; readonly wrapped: Uint8Array }

export function createSessionKeys(options: SessionKeysOptions): SessionKeys {
  const { db, incarnation, limit, clock } = options
  const secrets = new SecretCache(limit, clock)
  const epochSecrets = new SecretCache(limit, clock)
  const epochs = createEpochKeys(options, epochSecrets)

  function hold(row: SessionKeyRow, from = db): CachedSecret | Promise<CachedSecret> {
    const whole = wholeRow(row)
    const held = secrets.get(markOf(whole))
    return held ?? whenReady(epochs.find(whole.epochId, from), (key) => openHeld(whole, key))
  }

  function openHeld(row: WholeRow, epochKey: Buffer): CachedSecret {
    const mark = markOf(row)
    return secrets.get(mark) ?? secrets.put(mark, openSecret(row, epochKey))
  }

  function wrapUnder(epoch: EpochKey, place: SessionPlace, secret: Buffer): WrappedSessionSecret {
    const wrapped = seal(epoch.key, secret, aadOf(place, epoch.id))
    secrets.put(markOf({ ...place, wrapped }), secret)
    return { epochId: epoch.id, wrapped }
  }

  function keyOf(cached: CachedSecret, id: string, purpose: SessionPurpose, ask: KeyAsk): Buffer {
    const use = { salt: id, incarnation, purpose }
    if (!ask.context) return derivedOnce(cached, use)
    return deriveKey(cached.secret, { ...use, context: ask.context })
  }

  return {
    sessionSecret: (row, ask = {}) => whenReady(hold(row, ask.from), ({ secret }) => secret),
    sessionKey: (row, purpose, ask = {}) =>
      whenReady(hold(row, ask.from), (cached) => keyOf(cached, row.sessionId, purpose, ask)),
    createSessionSecret: async (tx, place) =>
      wrapUnder(await epochs.current(tx, place.workspaceId), place, makeSecret()),
    draftSessionSecret: async (place, id) =>
      wrapUnder({ id, key: await epochs.find(id, db) }, place, makeSecret()),
    rewrapSessionSecret: async (tx, row) => {
      // A copy: what is held may be overwritten while the epoch is awaited.
      const secret = Buffer.from((await hold(row, tx)).secret)
      const epoch = await epochs.current(tx, row.workspaceId)
      if (epoch.id !== row.epochId) return wrapUnder(epoch, row, secret)
      wipe(secret)
      return null
    },
    forgetSession: (id) => secrets.forget(id),
    forgetEpoch: (id) => epochSecrets.forget(id),
    sweepSessions: (seconds) => {
      secrets.sweep(seconds)
      epochSecrets.sweep(seconds)
    },
  }
}

function wholeRow({ sessionId, workspaceId, epochId, wrapped }: SessionKeyRow): WholeRow {
  if (!epochId || !wrapped) throw new DomainError('key_destroyed', 'the key ended with the session')
  return { sessionId, workspaceId, epochId, wrapped }
}

function openSecret(row: WholeRow, epochKey: Buffer): Buffer {
  const secret = open(epochKey, row.wrapped, aadOf(row, row.epochId))
  if (!secret) throw new DomainError('key_destroyed', 'this key does not open here')
  return secret
}

function aadOf({ sessionId, workspaceId }: SessionPlace, epochId: string): readonly string[] {
  return ['session', 'secret_wrapped', epochId, workspaceId, sessionId]
}

function markOf(row: SessionPlace & { readonly wrapped: Uint8Array }) {
  return { id: row.sessionId, owner: row.workspaceId, wrapped: row.wrapped }
}
