import { v7 } from 'uuid'
import { decode128, encode128 } from './lib/base32.ts'

/**
 * Identifiers are `uuid` in the database and carry their kind outside: `ses_` and 26 letters.
 * Inside the code they are the database's form, branded, so that one kind never stands for another.
 */
export type Id<Kind extends string> = string & { readonly __kind: Kind }

export type UserId = Id<'usr'>
export type WorkspaceId = Id<'wsp'>
export type LoginId = Id<'lgn'>
export type SessionId = Id<'ses'>
export type GrantId = Id<'gra'>
export type FamilyId = Id<'rtf'>
export type ClientId = Id<'cli'>
export type ResourceId = Id<'res'>
export type ConsentId = Id<'con'>
export type EntryId = Id<'aud'>
export type DeliveryId = Id<'dlv'>
export type ElevationId = Id<'elv'>
export type FactorId = Id<'fac'>

type Kind =
  | 'usr'
  | 'wsp'
  | 'lgn'
  | 'ses'
  | 'gra'
  | 'rtf'
  | 'cli'
  | 'res'
  | 'con'
  | 'aud'
  | 'dlv'
  | 'elv'
  | 'fac'

/** A fresh identifier; ordered by time, so that indexes stay compact (RFC 9562 §5.7). */
export function newId<K extends Kind>(): Id<K> {
  return v7() as Id<K>
}

/** `ses_…` for a session's uuid. */
export function formatId<K extends Kind>(kind: K, id: Id<K>): string {
  return `${kind}_${encode128(id.replaceAll('-', ''))}`
}

/** The uuid behind `ses_…`; null for another kind, another spelling or anything else. */
export function parseId<K extends Kind>(kind: K, text: unknown): Id<K> | null {
  if (typeof text !== 'string' || !text.startsWith(`${kind}_`)) return null
  const hex = decode128(text.slice(kind.length + 1))
  if (hex === null) return null
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return `${parts.join('-')}-${hex.slice(20)}` as Id<K>
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a string is a uuid as the database writes it. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}
