import { openJson, sealJson } from '../../crypto/envelope.ts'

/** Where a session is used. What is not known is left out: a session goes on with limited context. */
export interface Context {
  readonly address?: string
  readonly userAgent?: string
  readonly deviceId?: string
  /** ISO 3166-1 in two letters, as told or as looked up from the address. */
  readonly country?: string
  readonly city?: string
}

const LONGEST = 512

/** A context whose texts fit their column, whatever a header held. */
export function boundContext(context: Context): Context {
  return Object.fromEntries(
    Object.entries(context).flatMap(([name, value]) =>
      typeof value === 'string' && value !== ''
        ? [[name, value.slice(0, LONGEST).toWellFormed()]]
        : [],
    ),
  )
}

/** The row that a context is of; sealed for one, it opens for no other. */
export type ContextPlace = readonly ['login' | 'session', string]

export function sealContext(key: Uint8Array, place: ContextPlace, context: Context): Buffer {
  return sealJson(key, boundContext(context), [...place, 'context'])
}

/** What was sealed; nothing where it does not open, for whoever shows it can do without. */
export function openContext(key: Uint8Array, place: ContextPlace, sealed: Uint8Array): Context {
  return boundContext(openJson(key, sealed, [...place, 'context']) ?? {})
}
