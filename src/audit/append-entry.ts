import type { Sql } from '../database/sql.ts'
import { newId, type WorkspaceId } from '../ids.ts'
import { type Change, changeWithEntry, insertEntry, insertOnceAMinute } from './entry-store.ts'

export type { Change } from './entry-store.ts'

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

/** Who did it: a person, a client, the operator at the command line, or a job of ours. */
export interface Actor {
  readonly kind: 'user' | 'client' | 'operator' | 'system'
  readonly id?: string
}

export interface Subject {
  readonly kind:
    | 'user'
    | 'workspace'
    | 'client'
    | 'resource'
    | 'login'
    | 'session'
    | 'grant'
    | 'family'
    | 'delivery'
    | 'key'
    | 'consent'
    | 'elevation'
    | 'role'
    | 'policy'
    | 'initial_access_token'
  readonly id: string
}

/** Where it was done from, already sealed: addresses and user agents stand nowhere in clear. */
export interface SealedContext {
  readonly keyId: string
  readonly bytes: Buffer
}

export interface NewEntry {
  /** Noun and past participle: `session.ended`. */
  readonly action: string
  readonly actor: Actor
  readonly subject: Subject
  readonly workspaceId?: WorkspaceId | null
  /** Never a secret, never personal context. */
  readonly detail?: { readonly [key: string]: Json }
  readonly context?: SealedContext | null
}

/**
 * Writes one audit entry in the caller's transaction, at the database's time.
 *
 * A change and its entry commit together or not at all: no act without its trace, no trace of an
 * act that did not happen.
 */
export async function appendEntry(db: Sql, entry: NewEntry): Promise<void> {
  await insertEntry(db, newId<'aud'>(), entry)
}

/**
 * Writes an entry that a caller can bring about at will: the first of an action and subject in each
 * minute, so that nobody fills the audit by trying again.
 */
export async function appendOnceAMinute(db: Sql, entry: NewEntry): Promise<void> {
  await insertOnceAMinute(db, entry)
}

/**
 * `appendEntry` for a change that is one statement: it and its entry are written by one, and commit
 * together without a transaction around them. Null, and no entry, where nothing was written.
 */
export function changeAndTell<Row extends object>(
  db: Sql,
  change: Change,
  entry: NewEntry,
): Promise<Row | null> {
  return changeWithEntry<Row>(db, change, { id: newId<'aud'>(), entry })
}
